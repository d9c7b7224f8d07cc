import type { Caption as Words } from "../playback/script";
import styles from "./face.module.css";

/** What is spoken, as far as it has been: what follows in the sentence stands there already, softer. */
export function Caption({ caption: { content, said } }: { caption: Words }) {
  // What is spoken is heard already: announcing it too would talk over the tutor.
  return (
    <p className={styles.caption} data-testid="caption" aria-live="off" hidden={content === ""}>
      <span>
        <b data-testid="caption-said">{content.slice(0, said)}</b>
        {content.slice(said)}
      </span>
    </p>
  );
}
