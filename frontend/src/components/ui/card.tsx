import { useId, type ComponentPropsWithoutRef } from "react";
import styles from "./card.module.css";

/** A part of a page, under its heading. */
export function Card({ heading, children, ...rest }: ComponentPropsWithoutRef<"section"> & { heading: string }) {
  const id = useId();
  return (
    <section {...rest} className={styles.card} aria-labelledby={id}>
      <h2 id={id}>{heading}</h2>
      {children}
    </section>
  );
}
