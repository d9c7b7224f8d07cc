import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import { Button } from "@/components/ui/button";
import { Empty } from "@/components/ui/empty";
import { paths } from "@/config/paths";

/** An empty list: because nothing was ever said, or because nothing fits. */
export function NoSessions({ atAll, onClear }: { atAll: boolean; onClear: () => void }) {
  const { t } = useTranslation(["history", "common"]);
  return (
    <Empty heading={atAll ? t("empty") : t("none")}>
      {atAll ? (
        <>
          <p>{t("emptyWords")}</p>
          <Link to={paths.tutors}>{t("choose")}</Link>
        </>
      ) : (
        <Button onClick={onClear}>{t("clear")}</Button>
      )}
    </Empty>
  );
}
