import { useTranslation } from "react-i18next";
import { Card } from "@/components/ui/card";
import { Notice } from "@/components/ui/notice";
import { Skeleton } from "@/components/ui/skeleton";
import { useProblemWords } from "@/i18n/problem-words";
import { useChecks } from "./after-queries";
import styles from "./after.module.css";
import { Checks } from "./checks";
import { SummaryCard } from "./summary-card";

/** What is left of a session that is over: what it was about, and a few questions on it. */
export function After({ sessionId }: { sessionId: string }) {
  return (
    <div className={styles.after} data-testid="after">
      <SummaryCard sessionId={sessionId} />
      <QuickCheck sessionId={sessionId} />
    </div>
  );
}

function QuickCheck({ sessionId }: { sessionId: string }) {
  const { t } = useTranslation("session");
  const words = useProblemWords();
  const { data, error } = useChecks(sessionId);
  return (
    <Card heading={t("after.checks.heading")} data-testid="quick-check" data-state={data?.state}>
      {error && <Notice tone="danger">{words(error)}</Notice>}
      {data === undefined && !error && <Skeleton className={styles.waiting} />}
      {data && data.state !== "ready" && (
        <p role="status" className={styles.soft}>
          {t(`after.checks.${data.state}`)}
        </p>
      )}
      {data?.state === "ready" && <Checks sessionId={sessionId} checks={data.checks} />}
    </Card>
  );
}
