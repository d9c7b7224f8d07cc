import type { ReactNode } from "react";
import styles from "./empty.module.css";

/** Where a list would be: why there is none, and what to do. */
export function Empty({ heading, children }: { heading: string; children: ReactNode }) {
  return (
    <div className={styles.empty}>
      <h2>{heading}</h2>
      {children}
    </div>
  );
}
