import type { Caption as Words } from "../playback/script";
import { captionWords } from "./caption-words";
import styles from "./face.module.css";

/** What is spoken, as far as it has been: what follows in the sentence stands there already, softer. */
export function Caption({ caption: { content, said } }: { caption: Words }) {
  const [spoken, following] = captionWords(content, said);
  // What is spoken is heard already: announcing it too would talk over the tutor.
  return (
    <p className={styles.caption} data-testid="caption" aria-live="off" hidden={spoken + following === ""}>
      <span>
        <b data-testid="caption-said">{spoken}</b>
        {following}
      </span>
    </p>
  );
}
