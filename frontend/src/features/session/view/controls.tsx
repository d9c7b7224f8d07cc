import { useTranslation } from "react-i18next";
import { Button } from "@/components/ui/button";
import { Icon } from "@/components/ui/icon";
import { Elapsed } from "../recording/elapsed";
import { LevelMeter } from "../recording/level-meter";
import type { RecordingControl } from "../recording/use-recording";
import styles from "./controls.module.css";
import { MicButton } from "./mic-button";

interface ControlsProps {
  recording: RecordingControl;
  connected: boolean;
  stoppable: boolean;
  onStop: () => void;
}

export function Controls({ recording, connected, stoppable, onStop }: ControlsProps) {
  const { t } = useTranslation(["session", "common"]);
  const { phase, stream } = recording;
  const active = phase === "recording" || phase === "finishing";
  return (
    <div className={styles.controls} data-recording={active}>
      {active && (
        <Button look="plain" className={styles.round} onClick={recording.cancel} aria-label={t("talk.discard")}>
          <Icon name="trash" />
        </Button>
      )}
      <MicButton recording={recording} disabled={!connected} />
      {active && (
        <div className={styles.meter}>
          {stream && <LevelMeter stream={stream} />}
          <Elapsed since={recording.startedAt} />
        </div>
      )}
      {!active && stoppable && (
        <Button className={styles.round} onClick={onStop} aria-label={t("talk.stopTutor")} data-testid="stop-button">
          <Icon name="stop" size={24} />
          <span className={styles.label}>{t("talk.stop")}</span>
        </Button>
      )}
    </div>
  );
}
