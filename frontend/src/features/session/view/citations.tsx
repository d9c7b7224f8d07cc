import { useTranslation } from "react-i18next";
import type { Citation } from "@/api/protocol";
import { VisuallyHidden } from "@/components/ui/visually-hidden";
import styles from "./citations.module.css";

export const passageId = (replyId: string, number: number) => `${replyId}-source-${number}`;

interface SourceMarkProps {
  replyId: string;
  citation: Citation;
}

/** The number of a source within a text. It opens what the source says. */
export function SourceMark({ replyId, citation: { number, document } }: SourceMarkProps) {
  const { t } = useTranslation("session");
  return (
    <button
      type="button"
      className={styles.mark}
      popoverTarget={passageId(replyId, number)}
      aria-label={`${t("chat.sourceNumber", { number })}: ${document}`}
      data-testid={`citation-${number}`}
    >
      {number}
    </button>
  );
}

interface SourcesProps {
  replyId: string;
  citations: readonly Citation[];
}

/** Several passages of one document: its name stands once. */
function isNamed(citations: readonly Citation[], index: number): boolean {
  const [before, citation] = [citations[index - 1], citations[index]];
  return before?.document !== citation?.document || before?.page !== citation?.page;
}

/** The sources of a reply that does not say itself what it has from where. */
export function Sources({ replyId, citations }: SourcesProps) {
  const { t } = useTranslation("session");
  return (
    <ul className={styles.chips} aria-label={t("chat.sources")}>
      {citations.map(({ number, document, page }, index) => {
        const place = page ? t("chat.page", { document, page }) : document;
        return (
          <li key={number}>
            <button type="button" popoverTarget={passageId(replyId, number)} data-testid={`citation-${number}`}>
              <VisuallyHidden>{t("chat.source")}</VisuallyHidden>
              <b>{number}</b>
              {isNamed(citations, index) ? (
                <span className={styles.name}>{place}</span>
              ) : (
                <VisuallyHidden>{place}</VisuallyHidden>
              )}
            </button>
          </li>
        );
      })}
    </ul>
  );
}
