import { useId, useState } from "react";
import { useTranslation } from "react-i18next";
import type { Citation } from "@/api/protocol";
import { VisuallyHidden } from "@/components/ui/visually-hidden";
import styles from "./citations.module.css";

function isSamePlace(one: Citation, other: Citation): boolean {
  return one.document === other.document && one.page === other.page;
}

/** Several passages of one document: its name stands once. */
function isNamed(citations: readonly Citation[], index: number): boolean {
  const [before, citation] = [citations[index - 1], citations[index]];
  return citation !== undefined && (before === undefined || !isSamePlace(before, citation));
}

/** Where the reply comes from: a chip for each source, which opens what it says there. */
export function Citations({ citations }: { citations: readonly Citation[] }) {
  const { t } = useTranslation(["session", "common"]);
  const place = ({ document, page }: Citation) => (page ? t("chat.page", { document, page }) : document);
  const [open, setOpen] = useState<number | null>(null);
  const id = useId();
  const shown = citations.find((citation) => citation.number === open);
  return (
    <div className={styles.citations}>
      <ul className={styles.chips} aria-label={t("chat.sources")}>
        {citations.map((citation, index) => (
          <li key={citation.number}>
            <button
              type="button"
              aria-expanded={citation.number === open}
              aria-controls={id}
              onClick={() => setOpen(citation.number === open ? null : citation.number)}
              data-testid={`citation-${citation.number}`}
            >
              <VisuallyHidden>{t("chat.source")}</VisuallyHidden>
              <b>{citation.number}</b>
              {isNamed(citations, index) ? (
                <span className={styles.name}>{place(citation)}</span>
              ) : (
                <VisuallyHidden>{place(citation)}</VisuallyHidden>
              )}
            </button>
          </li>
        ))}
      </ul>
      <div id={id}>
        {shown && (
          <figure className={styles.quote}>
            <blockquote>{shown.quote}</blockquote>
            <figcaption>{place(shown)}</figcaption>
          </figure>
        )}
      </div>
    </div>
  );
}
