import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import { Button } from "@/components/ui/button";
import { paths } from "@/config/paths";
import styles from "./history-page.module.css";

/** An empty list: because nothing was ever said, or because nothing fits. */
export function NoSessions({ atAll, onClear }: { atAll: boolean; onClear: () => void }) {
  const { t } = useTranslation(["history", "common"]);
  return (
    <div className={styles.empty}>
      <h2>{atAll ? t("empty") : t("none")}</h2>
      {atAll ? (
        <>
          <p>{t("emptyWords")}</p>
          <Link to={paths.tutors}>{t("choose")}</Link>
        </>
      ) : (
        <Button onClick={onClear}>{t("clear")}</Button>
      )}
    </div>
  );
}
