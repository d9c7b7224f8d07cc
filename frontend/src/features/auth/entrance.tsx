import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { Brand } from "@/components/ui/brand";
import { SettingsMenu } from "@/components/ui/settings-menu";
import styles from "./entrance.module.css";

interface EntranceProps {
  title: string;
  children: ReactNode;
  footer: ReactNode;
}

/** The frame of the pages before one is signed in. */
export function Entrance({ title, children, footer }: EntranceProps) {
  const { t } = useTranslation(["auth", "common"]);
  return (
    <main id="content" className={styles.page}>
      <title>{t("common:title", { page: title })}</title>
      <div className={styles.column}>
        <header className={styles.header}>
          <div className={styles.settings}>
            <SettingsMenu />
          </div>
          <Brand name={t("common:app")} />
          <p className={styles.promise}>{t("promise")}</p>
        </header>
        <section className={styles.card}>
          <h1>{title}</h1>
          {children}
        </section>
        <footer className={styles.footer}>
          <p>{footer}</p>
          <p className={styles.disclosure}>{t("disclosure")}</p>
        </footer>
      </div>
    </main>
  );
}
