import { useTranslation } from "react-i18next";
import { Card } from "@/components/ui/card";
import { Notice } from "@/components/ui/notice";
import { Skeleton } from "@/components/ui/skeleton";
import { useProblemWords } from "@/i18n/problem-words";
import { useSummary } from "./after-queries";
import styles from "./after.module.css";

/** Lines that begin with a dash are points of a list; all else is a paragraph. */
function Part({ text }: { text: string }) {
  const lines = text.split("\n").filter((line) => line.trim() !== "");
  if (!lines.every((line) => line.startsWith("- "))) return <p className={styles.text}>{text}</p>;
  return (
    <ul className={styles.points}>
      {lines.map((line) => (
        <li key={line}>{line.slice(2)}</li>
      ))}
    </ul>
  );
}

/** What was asked, what was hard, what to do next. */
export function SummaryCard({ sessionId }: { sessionId: string }) {
  const { t } = useTranslation("session");
  const words = useProblemWords();
  const { data, error } = useSummary(sessionId);
  if (data?.asked === "") return null;
  const notes = [
    data?.by_model === false && t("after.summary.byCode"),
    data?.being_written === true && t("after.summary.better"),
  ];
  const parts = data && ([["asked", data.asked], ["hard", data.hard], ["next", data.next_steps]] as const);
  return (
    <Card heading={t("after.summary.heading")} data-testid="summary">
      {error && <Notice tone="danger">{words(error)}</Notice>}
      {!parts && !error && <Skeleton className={styles.waiting} />}
      {parts?.map(
        ([name, text]) =>
          text !== "" && (
            <div key={name}>
              <h3>{t(`after.summary.${name}`)}</h3>
              <Part text={text} />
            </div>
          ),
      )}
      <p role="status" className={styles.soft}>
        {notes.filter((note) => note !== false).join(" ")}
      </p>
    </Card>
  );
}
