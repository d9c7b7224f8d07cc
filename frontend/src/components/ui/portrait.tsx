import { useState } from "react";
import styles from "./portrait.module.css";

interface PortraitProps {
  name: string;
  src: string | null | undefined;
  className?: string | undefined;
  lazy?: boolean;
}

/** A tutor's picture, or the initial letter where there is none. Decorative: the name stands beside it. */
export function Portrait({ name, src, className, lazy = false }: PortraitProps) {
  const [broken, setBroken] = useState(false);
  const classes = [styles.portrait, className].filter(Boolean).join(" ");
  if (!src || broken) {
    return (
      <div className={`${classes} ${styles.initial}`} aria-hidden="true">
        {Array.from(name.trim())[0] ?? "?"}
      </div>
    );
  }
  return (
    <img
      className={classes}
      src={src}
      alt=""
      width={512}
      height={512}
      loading={lazy ? "lazy" : "eager"}
      onError={() => setBroken(true)}
    />
  );
}
