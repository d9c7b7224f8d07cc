import { useTranslation } from "react-i18next";
import { Outlet } from "react-router";
import styles from "./root.module.css";
import { Tidings } from "./tidings";
import { usePageFocus } from "./use-page-focus";

/** Around every page. */
export function Root() {
  const { t } = useTranslation();
  usePageFocus();
  return (
    <>
      <a href="#content" className={styles.skip}>
        {t("skip")}
      </a>
      <Outlet />
      <Tidings />
    </>
  );
}
