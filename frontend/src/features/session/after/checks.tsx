import { useEffect, useReducer, useRef } from "react";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import type { Check } from "@/api/answers";
import { Button } from "@/components/ui/button";
import { Notice } from "@/components/ui/notice";
import { paths } from "@/config/paths";
import { useProblemWords } from "@/i18n/problem-words";
import { useAnswer } from "./after-queries";
import styles from "./after.module.css";
import { CheckCard } from "./check-card";
import { begin, checksReducer, result } from "./checks-state";

/** The quick questions of a session, one at a time. */
export function Checks({ sessionId, checks }: { sessionId: string; checks: readonly Check[] }) {
  const { t } = useTranslation("session");
  const words = useProblemWords();
  const [state, dispatch] = useReducer(checksReducer, checks, begin);
  const { mutate, isPending, error, reset } = useAnswer(sessionId);
  const place = useRef<HTMLDivElement>(null);
  const shown = useRef(state.at);
  const check = state.checks[state.at];

  useEffect(() => {
    // Only when one goes on: who opens the page has not asked for the questions yet.
    if (shown.current !== state.at) place.current?.focus();
    shown.current = state.at;
  }, [state.at]);

  const submit = () => {
    const choice = state.picked;
    if (check === undefined || choice === null) return;
    const { position } = check;
    mutate({ position, choice }, { onSuccess: (answered) => dispatch({ type: "answered", position, choice, answered }) });
  };
  const next = () => {
    reset();
    dispatch({ type: "next" });
  };

  if (check === undefined) {
    const { answered, right } = result(state);
    return (
      <div ref={place} tabIndex={-1} className={styles.result} data-testid="checks-result">
        <p>{answered === 0 ? t("after.checks.skipped") : t("after.checks.result", { right, count: answered })}</p>
        <Link to={paths.progress}>{t("after.checks.progress")}</Link>
      </div>
    );
  }
  return (
    <div ref={place} tabIndex={-1} className={styles.result} aria-labelledby="check-place" role="group">
      {state.at === 0 && check.answer === null && <p className={styles.soft}>{t("after.checks.intro")}</p>}
      <p id="check-place" className={styles.soft}>
        {t("after.checks.place", { number: state.at + 1, count: state.checks.length })}
      </p>
      <CheckCard
        key={check.position}
        check={check}
        picked={state.picked}
        busy={isPending}
        last={state.checks.every(({ answer }, place) => place <= state.at || answer !== null)}
        onPick={(choice) => dispatch({ type: "picked", choice })}
        onSubmit={submit}
        onNext={next}
      />
      {error && (
        <Notice tone="danger" actions={error.code === "already_answered" && <Button onClick={next}>{t("after.checks.next")}</Button>}>
          {words(error)}
        </Notice>
      )}
    </div>
  );
}
