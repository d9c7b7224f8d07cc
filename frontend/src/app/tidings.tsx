import { useSyncExternalStore } from "react";
import { useTranslation } from "react-i18next";
import { Button } from "@/components/ui/button";
import styles from "./tidings.module.css";
import { update, useUpdateReady } from "./updates";

function subscribe(listener: () => void): () => void {
  addEventListener("online", listener);
  addEventListener("offline", listener);
  return () => {
    removeEventListener("online", listener);
    removeEventListener("offline", listener);
  };
}

/** What concerns all pages: there is no network, or a new version of the app. */
export function Tidings() {
  const { t } = useTranslation();
  const online = useSyncExternalStore(subscribe, () => navigator.onLine);
  const ready = useUpdateReady();
  return (
    <div className={styles.tidings} role="status" data-testid="tidings">
      {!online && <p className={styles.one}>{t("offline")}</p>}
      {online && ready && (
        <div className={styles.one}>
          <p>{t("update.ready")}</p>
          <Button onClick={update}>{t("update.load")}</Button>
        </div>
      )}
    </div>
  );
}
