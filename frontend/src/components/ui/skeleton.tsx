import type { CSSProperties } from "react";
import styles from "./skeleton.module.css";

/** The place of something that is being loaded, as large as it will be. */
export function Skeleton({ className, style }: { className?: string | undefined; style?: CSSProperties }) {
  return <div className={[styles.skeleton, className].filter(Boolean).join(" ")} style={style} aria-hidden="true" />;
}
