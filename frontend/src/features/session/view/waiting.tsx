import { useTranslation } from "react-i18next";
import type { SessionState } from "../model/state";
import styles from "./turn-view.module.css";

/** Closer than this nobody counts. */
const MINUTE_MS = 60_000;

/** Before the reply: how many come first and how long it will take, or that it is on its way. */
export function Waiting({ stage }: { stage: SessionState["stage"] }) {
  const { t } = useTranslation("session");
  if (stage?.name !== "queued" || stage.position === null) {
    return (
      <div className={styles.dots} aria-hidden="true">
        <i />
        <i />
        <i />
      </div>
    );
  }
  const { position, waitMs } = stage;
  const place = position < 1 ? t("chat.waiting.next") : t("chat.waiting.before", { count: position });
  const time =
    waitMs === null
      ? null
      : waitMs < MINUTE_MS
        ? t("chat.waiting.seconds", { count: Math.max(5, Math.round(waitMs / 5_000) * 5) })
        : t("chat.waiting.minutes", { count: Math.round(waitMs / MINUTE_MS) });
  return (
    <p className={styles.note} role="status" data-testid="waiting">
      {time === null ? place : t("chat.waiting.placeAndTime", { place, time })}
    </p>
  );
}
