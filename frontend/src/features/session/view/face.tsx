import { useEffect, useRef } from "react";
import { useTranslation } from "react-i18next";
import { Button } from "@/components/ui/button";
import { Icon } from "@/components/ui/icon";
import { Portrait } from "@/components/ui/portrait";
import { usePreferences } from "@/config/preferences";
import { callSettings, useCallSettings } from "../call-settings";
import type { About, SessionState } from "../model/state";
import type { FacePlayer, Playback } from "../playback/face-player";
import { GREETING } from "../playback/spoken-replies";
import { Caption } from "./caption";
import styles from "./face.module.css";
import { IdleFilm } from "./idle-film";
import { stageNow, stageWords } from "./stage-words";
import { VoiceLevel } from "./voice-level";

interface FaceProps {
  player: FacePlayer;
  playback: Playback;
  about: About | null;
  stage: SessionState["stage"];
  sending: boolean;
  recording: boolean;
}

const speechProps = { playsInline: true, disablePictureInPicture: true, "aria-hidden": true } as const;

/** The tutor: a still picture, the idle film over it, the speech over both, then words. */
export function Face({ player, playback, about, stage, sending, recording }: FaceProps) {
  const { t } = useTranslation("session");
  const { mode, slow } = useCallSettings();
  const { captions } = usePreferences();
  const first = useRef<HTMLVideoElement>(null);
  const second = useRef<HTMLVideoElement>(null);
  const idle = useRef<HTMLVideoElement>(null);
  useEffect(() => {
    if (first.current === null || second.current === null) return;
    return player.attach([first.current, second.current], idle.current);
  }, [player]);

  const now = stageNow({ stage, sending, recording, speaking: playback.speaking && !playback.blocked });
  return (
    <section className={styles.area} aria-label={t("face.label")} data-mode={mode} data-testid="face">
      <div className={styles.tile} data-stage={now}>
        {about && <Portrait name={about.tutor.name} src={about.avatar?.poster_url} className={styles.layer} />}
        <IdleFilm ref={idle} src={about?.avatar?.idle_url ?? null} className={styles.layer} />
        <video ref={first} {...speechProps} className={`${styles.layer} ${styles.speech}`} data-testid="speech-video" />
        <video ref={second} {...speechProps} className={`${styles.layer} ${styles.speech}`} data-testid="speech-video-2" />
        {mode === "voice" && playback.speaking && <VoiceLevel player={player} />}
        <p className={styles.stage} role="status" data-testid="stage" data-stage={now}>
          {stageWords(t, now, stage?.position ?? null)}
        </p>
        {playback.voiceOnly && mode === "video" && <p className={styles.note}>{t("face.voiceOnly")}</p>}
        {playback.failed && <p className={styles.note}>{t("face.unplayable")}</p>}
        {slow && (
          <div className={styles.slow} role="status" data-testid="slow-notice">
            <p>{t("face.slow")}</p>
            <Button onClick={() => callSettings.choose({ mode: "video" })}>{t("face.slowBack")}</Button>
          </div>
        )}
        {playback.blocked && (
          <div className={styles.blocked}>
            <Button look="primary" onClick={() => player.unlock()} data-testid="unlock-sound">
              <Icon name="sound" /> {playback.turnId === GREETING ? t("face.greet") : t("face.unlock")}
            </Button>
          </div>
        )}
        {captions && <Caption caption={playback.caption} />}
      </div>
    </section>
  );
}
