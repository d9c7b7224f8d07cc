import { useId, useState } from "react";
import type { Citation } from "@/api/protocol";
import styles from "./citations.module.css";

function place({ document, page }: Citation): string {
  return page ? `${document}, p. ${page}` : document;
}

/** Where the reply comes from: a chip for each source, which opens what it says there. */
export function Citations({ citations }: { citations: readonly Citation[] }) {
  const [open, setOpen] = useState<number | null>(null);
  const id = useId();
  const shown = citations.find((citation) => citation.number === open);
  return (
    <div className={styles.citations}>
      <ul className={styles.chips} aria-label="Sources">
        {citations.map((citation) => (
          <li key={citation.number}>
            <button
              type="button"
              aria-expanded={citation.number === open}
              aria-controls={id}
              onClick={() => setOpen(citation.number === open ? null : citation.number)}
              data-testid={`citation-${citation.number}`}
            >
              <b>{citation.number}</b> {place(citation)}
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
