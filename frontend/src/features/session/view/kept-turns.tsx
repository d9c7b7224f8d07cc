import { useEffect, useMemo, useRef, useState, useSyncExternalStore } from "react";
import { useTranslation } from "react-i18next";
import type { TurnInfo } from "@/api/protocol";
import { Button } from "@/components/ui/button";
import { Icon } from "@/components/ui/icon";
import { Notice } from "@/components/ui/notice";
import { Skeleton } from "@/components/ui/skeleton";
import { usePreferences } from "@/config/preferences";
import { storedTurn } from "../model/turns";
import { FacePlayer } from "../playback/face-player";
import { Caption } from "./caption";
import face from "./face.module.css";
import styles from "./kept-turns.module.css";
import { TurnView, type TurnActions } from "./turn-view";

const video = { playsInline: true, disablePictureInPicture: true, "aria-hidden": true } as const;
const layer = `${face.layer} ${face.speech}`;

/** What was said in a session that is over, and the replies to hear again. */
export function KeptTurns({ turns, loading }: { turns: readonly TurnInfo[]; loading: boolean }) {
  const { t } = useTranslation("session");
  const { captions } = usePreferences();
  const [player] = useState(() => new FacePlayer());
  const first = useRef<HTMLVideoElement>(null);
  const second = useRef<HTMLVideoElement>(null);
  const playback = useSyncExternalStore(player.subscribe, player.snapshot);
  useEffect(() => {
    if (first.current === null || second.current === null) return;
    return player.attach([first.current, second.current], null);
  }, [player]);

  const actions = useMemo<TurnActions>(
    () => ({
      onRetry: () => undefined,
      onFollowUp: () => undefined,
      onReplay: (turnId) => {
        const turn = turns.find((turn) => turn.turn_id === turnId);
        if (turn) player.replay(turnId, turn.segments);
      },
    }),
    [player, turns],
  );

  return (
    <>
      <section className={styles.player} aria-label={t("ended.listen")} hidden={!playback.speaking} data-testid="replay-player">
        <div className={styles.picture}>
          <video ref={first} {...video} className={layer} />
          <video ref={second} {...video} className={layer} />
          {captions && <Caption caption={playback.caption} />}
        </div>
        <Button onClick={() => player.stop()} data-testid="replay-stop">
          <Icon name="stop" /> {t("ended.stop")}
        </Button>
      </section>
      {playback.failed && <Notice tone="danger">{t("face.unplayable")}</Notice>}
      {loading && [1, 2, 3].map((place) => <Skeleton key={place} className={styles.placeholder} />)}
      {turns.map((info) => (
        <TurnView key={info.turn_id} turn={{ ...storedTurn(info), utterance: null }} actions={actions} />
      ))}
    </>
  );
}
