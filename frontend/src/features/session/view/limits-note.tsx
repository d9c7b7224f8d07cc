import { useTranslation } from "react-i18next";
import type { Limits } from "../model/state";
import styles from "./limits-note.module.css";

/** What is left of today, and what a reply comes with now and why. Nothing where nothing is limited. */
export function LimitsNote({ limits }: { limits: Limits | null }) {
  const { t } = useTranslation("session");
  if (limits === null) return null;
  const { minutesLeft, mode, reason, message } = limits;
  const less = mode === "video" ? null : reason === null ? message : t(`chat.limits.${reason}.${mode}`);
  if (less === null && minutesLeft === null) return null;
  return (
    <p className={styles.note} role="status" data-testid="limits">
      {less !== null && <span>{less}</span>}
      {minutesLeft !== null && <span>{t("chat.limits.minutes", { count: minutesLeft })}</span>}
    </p>
  );
}
