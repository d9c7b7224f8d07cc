import { useTranslation } from "react-i18next";
import { Button } from "@/components/ui/button";
import styles from "./message-page.module.css";

/** What is left when a page has failed: words and a way on. React reports the error itself to the console. */
export function Broken() {
  const { t } = useTranslation();
  return (
    <main id="content" className={styles.page}>
      <title>{t("title", { page: t("broken.title") })}</title>
      <h1>{t("broken.heading")}</h1>
      <p>{t("broken.words")}</p>
      <Button look="primary" onClick={() => location.reload()}>
        {t("broken.reload")}
      </Button>
    </main>
  );
}
