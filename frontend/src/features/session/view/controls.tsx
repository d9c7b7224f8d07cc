import { useState } from "react";
import { useTranslation } from "react-i18next";
import { Button } from "@/components/ui/button";
import { Icon } from "@/components/ui/icon";
import { Elapsed } from "../recording/elapsed";
import { LevelMeter } from "../recording/level-meter";
import { Press } from "../recording/press";
import type { HandsFreeControl } from "../recording/use-hands-free";
import type { RecordingControl } from "../recording/use-recording";
import { useSpaceBar } from "../recording/use-space-bar";
import { CallMenu } from "./call-menu";
import styles from "./controls.module.css";
import { HandsFreeButton } from "./hands-free-button";
import { MicButton } from "./mic-button";

interface ControlsProps {
  recording: RecordingControl;
  handsFree: HandsFreeControl;
  connected: boolean;
  stoppable: boolean;
  onStop: () => void;
}

/** To talk by a button or without hands, to stop the tutor, and how the call shall be. */
export function Controls({ recording, handsFree, connected, stoppable, onStop }: ControlsProps) {
  const { t } = useTranslation("session");
  const [press] = useState(() => new Press());
  const { phase, stream } = recording;
  const active = phase === "recording" || phase === "finishing";
  const listening = handsFree.phase !== "off";
  useSpaceBar({
    down: () => {
      if (active || (connected && !listening)) press.down(recording, Date.now());
    },
    up: () => press.up(recording, Date.now()),
    cancel: () => {
      if (active) recording.cancel();
    },
  });
  return (
    <div className={styles.controls} data-recording={active}>
      {active && (
        <Button look="plain" className={styles.round} onClick={recording.cancel} aria-label={t("talk.discard")}>
          <Icon name="trash" />
        </Button>
      )}
      {!listening && <MicButton recording={recording} press={press} disabled={!connected} />}
      {active && (
        <div className={styles.meter}>
          {stream && <LevelMeter stream={stream} />}
          <Elapsed since={recording.startedAt} />
        </div>
      )}
      {!active && <HandsFreeButton handsFree={handsFree} disabled={!connected} />}
      {!active && stoppable && (
        <Button className={styles.round} onClick={onStop} aria-label={t("talk.stopTutor")} data-testid="stop-button">
          <Icon name="stop" size={24} />
          <span className={styles.label}>{t("talk.stop")}</span>
        </Button>
      )}
      {!active && <CallMenu />}
    </div>
  );
}
