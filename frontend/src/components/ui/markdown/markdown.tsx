import { useState, type ReactNode } from "react";
import { BlockView } from "./block-view";
import styles from "./markdown.module.css";
import { read, readOn } from "./reading";

export interface MarkdownProps {
  text: string;
  /** More is being written. */
  growing?: boolean;
  /** What stands for the mark of a source. Null: there is no such source, and it is a number in brackets. */
  mark?: ((number: number) => ReactNode) | undefined;
}

/** A text in Markdown, with formulas and marks of sources. It may come from anybody: nothing in it is ever HTML, loads
 * anything or runs. */
export function Markdown({ text, growing = false, mark }: MarkdownProps) {
  const [reading, setReading] = useState(() => ({ source: text, ...read(text, growing) }));
  let current = reading;
  if (reading.source !== text || reading.growing !== growing) {
    current = { source: text, ...readOn(reading, text, growing) };
    setReading(current);
  }
  return (
    <div className={styles.markdown} dir="auto">
      {current.blocks.map(({ at, token }) => (
        <BlockView key={at} token={token} mark={mark} />
      ))}
    </div>
  );
}
