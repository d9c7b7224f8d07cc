import type { ComponentProps } from "react";
import styles from "./button.module.css";
import { Spinner } from "./spinner";

interface ButtonProps extends ComponentProps<"button"> {
  look?: "primary" | "quiet" | "plain" | "danger";
  /** Keeps its width, shows that it works, and takes no second click. */
  busy?: boolean;
}

export function Button({ look = "quiet", busy = false, className, children, onClick, ...rest }: ButtonProps) {
  return (
    <button
      type="button"
      className={[styles.button, styles[look], className].filter(Boolean).join(" ")}
      aria-busy={busy || undefined}
      aria-disabled={busy || undefined}
      onClick={busy ? (event) => event.preventDefault() : onClick}
      {...rest}
    >
      <span className={busy ? styles.hiddenLabel : styles.label}>{children}</span>
      {busy && (
        <span className={styles.spinner}>
          <Spinner />
        </span>
      )}
    </button>
  );
}
