import { useTranslation } from "react-i18next";
import { Button } from "@/components/ui/button";
import { Icon } from "@/components/ui/icon";
import { Notice } from "@/components/ui/notice";
import { VisuallyHidden } from "@/components/ui/visually-hidden";
import { useProblemWords } from "@/i18n/problem-words";
import { isOver, type Turn } from "../model/state";
import { Citations } from "./citations";
import styles from "./turn-view.module.css";

interface TurnViewProps {
  turn: Turn;
  canRetry: boolean;
  onRetry?: () => void;
}

export function TurnView({ turn, canRetry, onRetry }: TurnViewProps) {
  const { t } = useTranslation(["session", "common"]);
  const words = useProblemWords();
  const { userText, replyText, problem, modality } = turn;
  const over = isOver(turn);
  const less = turn.degraded.map((what) => t(`chat.less.${what}`));
  const note = (turn.status === "interrupted" ? [t("chat.stopped"), ...less] : less).join(" · ");
  return (
    <article className={styles.turn} aria-busy={!over}>
      {(userText !== "" || modality === "audio") && (
        <div className={styles.user} data-testid="turn-user">
          <VisuallyHidden>{t("chat.you")}</VisuallyHidden>
          {modality === "audio" && (
            <span className={styles.spoken} title={t("chat.spoken")}>
              <Icon name="microphone" size={16} />
            </span>
          )}
          {userText || <span className={styles.unheard}>{over ? t("chat.notUnderstood") : "…"}</span>}
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
          <VisuallyHidden>{t("chat.tutor")}</VisuallyHidden>
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
}
