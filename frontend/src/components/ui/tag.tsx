import type { ReactNode } from "react";
import styles from "./tag.module.css";

export function Tag({ children, tone = "calm" }: { children: ReactNode; tone?: "calm" | "accent" }) {
  return <span className={`${styles.tag} ${styles[tone]}`}>{children}</span>;
}
