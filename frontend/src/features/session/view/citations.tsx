import { useId, useState } from "react";
import type { Citation } from "@/api/protocol";
import styles from "./citations.module.css";

function place({ document, page }: Citation): string {
  return page ? `${document}, p. ${page}` : document;
}

/** Several passages of one document: its name stands once. */
function label(citations: readonly Citation[], index: number): string {
  const citation = citations[index];
  const before = citations[index - 1];
  return citation === undefined || (before && place(before) === place(citation)) ? "" : place(citation);
}

/** Where the reply comes from: a chip for each source, which opens what it says there. */
export function Citations({ citations }: { citations: readonly Citation[] }) {
  const [open, setOpen] = useState<number | null>(null);
  const id = useId();
  const shown = citations.find((citation) => citation.number === open);
  return (
    <div className={styles.citations}>
      <ul className={styles.chips} aria-label="Sources">
        {citations.map((citation, index) => (
          <li key={citation.number}>
            <button
              type="button"
              aria-expanded={citation.number === open}
              aria-controls={id}
              aria-label={`Source ${citation.number}: ${place(citation)}`}
              onClick={() => setOpen(citation.number === open ? null : citation.number)}
              data-testid={`citation-${citation.number}`}
            >
              <b>{citation.number}</b>
              <span>{label(citations, index)}</span>
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
