import { useTranslation } from "react-i18next";
import type { Turn } from "../model/state";
import styles from "./turn-view.module.css";

/** That a reply was stopped, what is missing of it and why, and that it is not from the material. */
export function TurnNote({ turn: { status, degraded, degradedReason, beyondMaterial } }: { turn: Turn }) {
  const { t } = useTranslation("session");
  const less = degraded.map((what) => t(`chat.less.${what}`));
  if (less.length > 0 && degradedReason !== null) less.push(t(`chat.reason.${degradedReason}`));
  if (beyondMaterial) less.unshift(t("chat.beyondMaterial"));
  const note = (status === "interrupted" ? [t("chat.stopped"), ...less] : less).join(" · ");
  return note === "" ? null : (
    <p className={styles.note} data-testid="turn-note">
      {note}
    </p>
  );
}
