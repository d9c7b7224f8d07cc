import { useTranslation } from "react-i18next";
import type { Turn } from "../model/state";
import styles from "./turn-view.module.css";

/** That a reply was stopped, and what is missing of it and why. */
export function TurnNote({ turn: { status, degraded, degradedReason } }: { turn: Turn }) {
  const { t } = useTranslation("session");
  const less = degraded.map((what) => t(`chat.less.${what}`));
  if (less.length > 0 && degradedReason !== null) less.push(t(`chat.reason.${degradedReason}`));
  const note = (status === "interrupted" ? [t("chat.stopped"), ...less] : less).join(" · ");
  return note === "" ? null : (
    <p className={styles.note} data-testid="turn-note">
      {note}
    </p>
  );
}
