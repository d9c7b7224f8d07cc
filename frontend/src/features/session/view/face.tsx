import { useEffect, useRef } from "react";
import { useTranslation } from "react-i18next";
import { Button } from "@/components/ui/button";
import { Icon } from "@/components/ui/icon";
import { Portrait } from "@/components/ui/portrait";
import type { About, SessionState } from "../model/state";
import type { FacePlayer, Playback } from "../playback/face-player";
import styles from "./face.module.css";
import { IdleFilm } from "./idle-film";
import { stageNow, stageWords } from "./stage-words";

interface FaceProps {
  player: FacePlayer;
  playback: Playback;
  about: About | null;
  stage: SessionState["stage"];
  sending: boolean;
  recording: boolean;
}

/** The tutor: a still picture, the idle film over it, the speech over both, then words. */
export function Face({ player, playback, about, stage, sending, recording }: FaceProps) {
  const { t } = useTranslation(["session", "common"]);
  const speech = useRef<HTMLVideoElement>(null);
  const idle = useRef<HTMLVideoElement>(null);
  useEffect(() => (speech.current === null ? undefined : player.attach(speech.current, idle.current)), [player]);

  const now = stageNow({ stage, sending, recording, speaking: playback.speaking && !playback.blocked });
  return (
    <section className={styles.area} aria-label={t("face.label")}>
      <div className={styles.tile} data-stage={now}>
        {about && <Portrait name={about.tutor.name} src={about.avatar?.poster_url} className={styles.layer} />}
        <IdleFilm ref={idle} src={about?.avatar?.idle_url ?? null} className={styles.layer} />
        <video
          ref={speech}
          className={`${styles.layer} ${styles.speech}`}
          playsInline
          disablePictureInPicture
          aria-hidden="true"
          data-testid="speech-video"
        />
        <p className={styles.stage} role="status" data-testid="stage" data-stage={now}>
          {stageWords(t, now, stage?.position ?? null)}
        </p>
        {playback.voiceOnly && <p className={styles.note}>{t("face.voiceOnly")}</p>}
        {playback.failed && <p className={styles.note}>{t("face.unplayable")}</p>}
        {playback.blocked && (
          <div className={styles.blocked}>
            <Button look="primary" onClick={() => player.unlock()} data-testid="unlock-sound">
              <Icon name="sound" /> {t("face.unlock")}
            </Button>
          </div>
        )}
        {/* What is spoken is heard already: announcing it too would talk over the tutor. */}
        <p className={styles.caption} data-testid="caption" aria-live="off" hidden={playback.caption === ""}>
          <span>{playback.caption}</span>
        </p>
      </div>
    </section>
  );
}
