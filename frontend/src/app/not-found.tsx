import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import { paths } from "@/config/paths";
import styles from "./message-page.module.css";

export function NotFound() {
  const { t } = useTranslation();
  return (
    <main id="content" className={styles.page}>
      <title>{t("title", { page: t("notFound.title") })}</title>
      <h1>{t("notFound.heading")}</h1>
      <p>{t("notFound.words")}</p>
      <Link to={paths.home}>{t("notFound.home")}</Link>
    </main>
  );
}
