import type { Degraded } from "@/api/protocol";
import { Button } from "@/components/ui/button";
import { Icon } from "@/components/ui/icon";
import { Notice } from "@/components/ui/notice";
import { VisuallyHidden } from "@/components/ui/visually-hidden";
import { isOver, type Turn } from "../model/state";
import { Citations } from "./citations";
import styles from "./turn-view.module.css";

const LESS: Record<Degraded, string> = {
  video: "Voice only",
  speech: "Partly not spoken",
  text: "Cut short",
};

function notes(turn: Turn): string {
  const less = turn.degraded.map((what) => LESS[what]);
  return (turn.status === "interrupted" ? ["Stopped", ...less] : less).join(" · ");
}

interface TurnViewProps {
  turn: Turn;
  canRetry: boolean;
  onRetry?: () => void;
}

export function TurnView({ turn, canRetry, onRetry }: TurnViewProps) {
  const { userText, replyText, problem, modality } = turn;
  const over = isOver(turn);
  const note = notes(turn);
  return (
    <article className={styles.turn} aria-busy={!over}>
      {(userText !== "" || modality === "audio") && (
        <div className={styles.user} data-testid="turn-user">
          <VisuallyHidden>You: </VisuallyHidden>
          {modality === "audio" && (
            <span className={styles.spoken} title="Spoken">
              <Icon name="microphone" size={16} />
            </span>
          )}
          {userText || <span className={styles.unheard}>{over ? "Not understood" : "…"}</span>}
        </div>
      )}
      {replyText === "" && !over && problem === null && (
        <div className={styles.dots} aria-hidden="true">
          <i />
          <i />
          <i />
        </div>
      )}
      {replyText !== "" && (
        <div className={styles.reply} data-testid="turn-assistant" data-settled={turn.settled}>
          <VisuallyHidden>Tutor: </VisuallyHidden>
          {replyText}
        </div>
      )}
      {turn.citations.length > 0 && <Citations citations={turn.citations} />}
      {note !== "" && <p className={styles.note}>{note}</p>}
      {problem && (
        <Notice
          tone="danger"
          actions={
            problem.retryable &&
            turn.utterance && (
              <Button disabled={!canRetry} onClick={onRetry} data-testid="retry">
                <Icon name="retry" size={18} /> Try again
              </Button>
            )
          }
        >
          {problem.message}
        </Notice>
      )}
    </article>
  );
}
