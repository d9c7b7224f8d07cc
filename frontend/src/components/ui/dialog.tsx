import { useId, useLayoutEffect, useRef, type ReactNode } from "react";
import styles from "./dialog.module.css";

interface DialogProps {
  open: boolean;
  title: string;
  children: ReactNode;
  /** Buttons, the safe one first: it gets the focus, unless there is a field before it. */
  actions: ReactNode;
  onClose: () => void;
}

/** A question that wants an answer before anything else. The focus goes back to where it was. */
export function Dialog({ open, title, children, actions, onClose }: DialogProps) {
  const dialog = useRef<HTMLDialogElement>(null);
  const id = useId();
  useLayoutEffect(() => {
    const shown = dialog.current;
    if (!open || shown === null) return;
    shown.showModal();
    return () => shown.close(); // before it leaves the page: what is taken away gives no focus back
  }, [open]);
  return (
    <dialog ref={dialog} className={styles.dialog} aria-labelledby={id} onClose={onClose}>
      <h2 id={id}>{title}</h2>
      <div className={styles.words}>{children}</div>
      <div className={styles.actions}>{actions}</div>
    </dialog>
  );
}
