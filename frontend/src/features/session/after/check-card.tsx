import { useEffect, useRef } from "react";
import { useTranslation } from "react-i18next";
import type { Check } from "@/api/answers";
import { Button } from "@/components/ui/button";
import { Icon } from "@/components/ui/icon";
import { VisuallyHidden } from "@/components/ui/visually-hidden";
import styles from "./after.module.css";

const BLANK = "_____";

interface CheckCardProps {
  check: Check;
  picked: number | null;
  busy: boolean;
  last: boolean;
  onPick: (choice: number) => void;
  onSubmit: () => void;
  onNext: () => void;
}

/** One question, its choices, and what is right once it is answered. */
export function CheckCard({ check, picked, busy, last, onPick, onSubmit, onNext }: CheckCardProps) {
  const { t } = useTranslation("session");
  const { question, choices, answer, correct_choice, explanation, skill, position } = check;
  const done = answer !== null;
  const next = useRef<HTMLButtonElement>(null);
  useEffect(() => {
    if (done) next.current?.focus(); // the button that had the focus is gone
  }, [done]);
  return (
    <form
      className={styles.check}
      onSubmit={(event) => {
        event.preventDefault();
        onSubmit();
      }}
      data-testid={`check-${position}`}
    >
      <fieldset disabled={done} className={styles.choices}>
        <legend>
          <Question text={question} />
        </legend>
        {choices.map((choice, place) => {
          const right = done && place === correct_choice;
          const wrong = done && place === answer && !right;
          return (
            <label key={choice} className={styles.choice} data-mark={right ? "right" : wrong ? "wrong" : undefined}>
              <input
                type="radio"
                name={`check-${position}`}
                checked={(answer ?? picked) === place}
                onChange={() => onPick(place)}
                data-testid={`choice-${place}`}
              />
              <span>{choice}</span>
              {(right || wrong) && <Icon name={right ? "check" : "close"} size={18} />}
              {right && <VisuallyHidden>({t("after.checks.rightMark")})</VisuallyHidden>}
              {wrong && <VisuallyHidden>({t("after.checks.wrongMark")})</VisuallyHidden>}
            </label>
          );
        })}
      </fieldset>
      <div role="status" data-testid="check-feedback">
        {done && (
          <>
            <p className={styles.verdict}>
              {answer === correct_choice
                ? t("after.checks.right")
                : t("after.checks.wrong", { choice: choices[correct_choice ?? 0] })}
            </p>
            <p className={styles.soft}>
              {t("after.checks.source")} {explanation}
            </p>
          </>
        )}
      </div>
      <p className={styles.soft}>{t("after.checks.about", { skill })}</p>
      <div className={styles.actions}>
        {done ? (
          <Button ref={next} look="primary" onClick={onNext} data-testid="check-next">
            {last ? t("after.checks.finish") : t("after.checks.next")}
          </Button>
        ) : (
          <>
            <Button look="primary" type="submit" busy={busy} disabled={picked === null} data-testid="check-submit">
              {t("after.checks.check")}
            </Button>
            <Button look="plain" onClick={onNext} data-testid="check-skip">
              {t("after.checks.skip")}
            </Button>
          </>
        )}
      </div>
    </form>
  );
}

/** A question with a blank, which is seen as a gap and heard as a word. */
function Question({ text }: { text: string }) {
  const { t } = useTranslation("session");
  const [before, ...after] = text.split(BLANK);
  if (after.length === 0) return <>{text}</>;
  return (
    <>
      {before}
      <span className={styles.blank}>
        <VisuallyHidden>{t("after.checks.blank")}</VisuallyHidden>
      </span>
      {after.join(BLANK)}
    </>
  );
}
