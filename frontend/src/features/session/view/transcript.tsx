import { useTranslation } from "react-i18next";
import { Button } from "@/components/ui/button";
import { Icon } from "@/components/ui/icon";
import { Notice } from "@/components/ui/notice";
import { VisuallyHidden } from "@/components/ui/visually-hidden";
import { useProblemWords } from "@/i18n/problem-words";
import { isOver, type SessionState } from "../model/state";
import { Announcer } from "./announcer";
import { LimitsNote } from "./limits-note";
import { SuggestedQuestions } from "./suggested-questions";
import styles from "./transcript.module.css";
import { TurnView, type TurnActions } from "./turn-view";
import { useStickToEnd } from "./use-stick-to-end";

interface TranscriptProps {
  state: SessionState;
  connected: boolean;
  /** Replies are heard, where they can be spoken: they need not be read to anybody too. */
  aloud: boolean;
  actions: TurnActions;
  onDismiss: () => void;
  onAsk: (question: string) => void;
}

export function Transcript({ state, connected, aloud, actions, onDismiss, onAsk }: TranscriptProps) {
  const { t } = useTranslation(["session", "common"]);
  const words = useProblemWords();
  const { about, turns, stage, problem } = state;
  const latest = turns.at(-1) ?? null;
  const { box, content, onScroll, away, fresh, toEnd } = useStickToEnd(latest?.key ?? null);

  return (
    <div className={styles.frame}>
      <Announcer turn={latest} spoken={aloud && latest !== null && (latest.spoken || !isOver(latest))} />
      <div className={styles.scroll}>
        <div ref={box} className={styles.box} role="log" aria-live="off" aria-label={t("chat.label")} tabIndex={0} onScroll={onScroll}>
          <div ref={content} className={styles.content}>
            <h2>
              <VisuallyHidden>{t("chat.label")}</VisuallyHidden>
            </h2>
            {about && about.tutor.greeting !== "" && (
              <p className={styles.greeting} data-testid="greeting">
                <VisuallyHidden>{t("chat.tutor")}</VisuallyHidden>
                {about.tutor.greeting}
              </p>
            )}
            {about && turns.length === 0 && (
              <SuggestedQuestions questions={about.tutor.suggested_questions} disabled={!connected} onAsk={onAsk} />
            )}
            {turns.map((turn) => (
              <TurnView
                key={turn.key}
                turn={turn}
                stage={isOver(turn) ? null : stage}
                actions={actions}
                connected={connected}
                latest={turn === latest}
              />
            ))}
            {problem && (
              <Notice tone="danger" actions={<Button onClick={onDismiss}>{t("common:dismiss")}</Button>}>
                {words(problem)}
              </Notice>
            )}
          </div>
        </div>
        {away && (
          <button type="button" className={styles.toEnd} onClick={toEnd} data-fresh={fresh} data-testid="to-end">
            <Icon name="arrowDown" size={18} />
            {fresh ? t("chat.newMessages") : <VisuallyHidden>{t("chat.toEnd")}</VisuallyHidden>}
          </button>
        )}
      </div>
      <LimitsNote limits={state.limits} />
    </div>
  );
}
