import { memo } from "react";
import { useTranslation } from "react-i18next";
import { Button } from "@/components/ui/button";
import { Icon } from "@/components/ui/icon";
import { Notice } from "@/components/ui/notice";
import { VisuallyHidden } from "@/components/ui/visually-hidden";
import { useProblemWords } from "@/i18n/problem-words";
import { isOver, type SessionState, type Turn } from "../model/state";
import type { FollowUp } from "./follow-up";
import { Reply } from "./reply";
import { ReplyActions } from "./reply-actions";
import { SpokenMark } from "./spoken-mark";
import { TurnNote } from "./turn-note";
import styles from "./turn-view.module.css";
import { Waiting } from "./waiting";

export interface TurnActions {
  onRetry: (key: string) => void;
  onReplay: (turnId: string) => void;
  onFollowUp: (what: FollowUp) => void;
}

interface TurnViewProps {
  turn: Turn;
  /** Of the turn that waits for its reply. */
  stage?: SessionState["stage"];
  /** Of a session that goes on. */
  actions?: TurnActions;
  connected?: boolean;
  latest?: boolean;
}

/** One question and its reply. It is drawn again only when something of it has changed. */
export const TurnView = memo(function TurnView(props: TurnViewProps) {
  const { turn, stage = null, actions, connected = false, latest = false } = props;
  const { t } = useTranslation(["session", "common"]);
  const words = useProblemWords();
  const { key, id, userText, replyText, problem, modality } = turn;
  const over = isOver(turn);
  return (
    <article className={styles.turn} aria-busy={!over}>
      {(userText !== "" || modality === "audio") && (
        <div className={styles.user} data-testid="turn-user">
          <VisuallyHidden>{t("chat.you")}</VisuallyHidden>
          {modality === "audio" && <SpokenMark utterance={turn.utterance} address={turn.recording} />}
          {userText || <span className={styles.unheard}>{over ? t("chat.notUnderstood") : "…"}</span>}
        </div>
      )}
      {replyText === "" && !over && problem === null && <Waiting stage={stage} />}
      {replyText !== "" && <Reply text={replyText} settled={turn.settled} citations={turn.citations} />}
      <TurnNote turn={turn} />
      {replyText !== "" && over && (
        <ReplyActions
          text={replyText}
          onReplay={actions && id !== null && turn.spoken ? () => actions.onReplay(id) : undefined}
          onFollowUp={latest && connected ? actions?.onFollowUp : undefined}
        />
      )}
      {problem && (
        <Notice
          tone="danger"
          actions={
            problem.retryable &&
            actions &&
            turn.utterance && (
              <Button disabled={!connected} onClick={() => actions.onRetry(key)} data-testid="retry">
                <Icon name="retry" size={18} /> {t("common:tryAgain")}
              </Button>
            )
          }
        >
          {words(problem)}
        </Notice>
      )}
    </article>
  );
});
