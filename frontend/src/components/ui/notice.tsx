import type { ReactNode } from "react";
import styles from "./notice.module.css";

interface NoticeProps {
  tone?: "calm" | "amber" | "danger";
  children: ReactNode;
  /** Buttons, at the end. */
  actions?: ReactNode;
}

/** Something to know, where it matters. Those in danger are announced at once. */
export function Notice({ tone = "calm", children, actions }: NoticeProps) {
  return (
    <div className={`${styles.notice} ${styles[tone]}`} role={tone === "danger" ? "alert" : undefined}>
      <div className={styles.words}>{children}</div>
      {actions !== undefined && <div className={styles.actions}>{actions}</div>}
    </div>
  );
}
