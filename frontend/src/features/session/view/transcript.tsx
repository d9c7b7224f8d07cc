import { useLayoutEffect, useRef } from "react";
import { useTranslation } from "react-i18next";
import { Button } from "@/components/ui/button";
import { Notice } from "@/components/ui/notice";
import { useProblemWords } from "@/i18n/problem-words";
import type { About, Problem, Turn } from "../model/state";
import styles from "./transcript.module.css";
import { TurnView } from "./turn-view";

/** Closer to the end than this, one reads along: new text is scrolled to. */
const NEAR_END_PX = 80;

interface TranscriptProps {
  about: About | null;
  turns: readonly Turn[];
  problem: Problem | null;
  connected: boolean;
  onDismiss: () => void;
  onRetry: (key: string) => void;
  onAsk: (question: string) => void;
}

export function Transcript({ about, turns, problem, connected, onDismiss, onRetry, onAsk }: TranscriptProps) {
  const { t } = useTranslation(["session", "common"]);
  const words = useProblemWords();
  const box = useRef<HTMLDivElement>(null);
  const reading = useRef(true);
  const count = useRef(0);
  useLayoutEffect(() => {
    const { current: element } = box;
    if (element === null) return;
    const said = turns.length > count.current;
    count.current = turns.length;
    if (reading.current || said) element.scrollTop = element.scrollHeight;
  });

  return (
    <div
      ref={box}
      className={styles.box}
      role="log"
      aria-label={t("chat.label")}
      tabIndex={0}
      onScroll={({ currentTarget: { scrollHeight, scrollTop, clientHeight } }) => {
        reading.current = scrollHeight - scrollTop - clientHeight < NEAR_END_PX;
      }}
    >
      {about && about.tutor.greeting !== "" && <p className={styles.greeting}>{about.tutor.greeting}</p>}
      {about && turns.length === 0 && (
        <ul className={styles.questions} aria-label={t("chat.youCouldAsk")}>
          {about.tutor.suggested_questions.map((question) => (
            <li key={question}>
              <button type="button" disabled={!connected} onClick={() => onAsk(question)}>
                {question}
              </button>
            </li>
          ))}
        </ul>
      )}
      {turns.map((turn) => (
        <TurnView key={turn.key} turn={turn} canRetry={connected} onRetry={() => onRetry(turn.key)} />
      ))}
      {problem && (
        <Notice tone="danger" actions={<Button onClick={onDismiss}>{t("common:dismiss")}</Button>}>
          {words(problem)}
        </Notice>
      )}
    </div>
  );
}
