import type { ReactNode } from "react";
import { Brand } from "@/components/ui/brand";
import styles from "./entrance.module.css";

interface EntranceProps {
  title: string;
  children: ReactNode;
  footer: ReactNode;
}

/** The frame of the pages before one is signed in. */
export function Entrance({ title, children, footer }: EntranceProps) {
  return (
    <main className={styles.page}>
      <title>{`${title} · Tutor`}</title>
      <div className={styles.column}>
        <header className={styles.header}>
          <Brand />
          <p className={styles.promise}>Ask by voice or in writing. Your tutor answers face to face.</p>
        </header>
        <section className={styles.card}>
          <h1>{title}</h1>
          {children}
        </section>
        <footer className={styles.footer}>{footer}</footer>
      </div>
    </main>
  );
}
