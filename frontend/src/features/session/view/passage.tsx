import { useRef } from "react";
import { useTranslation } from "react-i18next";
import type { Citation } from "@/api/protocol";
import { IconButton } from "@/components/ui/icon-button";
import styles from "./citations.module.css";

/** What a source says, in a popover that any button may open by its id. */
export function Passage({ id, citation: { number, document, page, quote } }: { id: string; citation: Citation }) {
  const { t } = useTranslation(["session", "common"]);
  const place = useRef<HTMLDivElement>(null);
  return (
    <div
      ref={place}
      id={id}
      popover="auto"
      role="dialog"
      aria-label={t("chat.sourceNumber", { number })}
      tabIndex={-1}
      className={styles.passage}
      onToggle={(event) => {
        if (event.newState === "open") place.current?.focus();
      }}
      data-testid="passage"
    >
      <figure>
        <figcaption>
          <b>{number}</b>
          <span>{page ? t("chat.page", { document, page }) : document}</span>
        </figcaption>
        <blockquote>{quote}</blockquote>
      </figure>
      <IconButton
        icon="close"
        label={t("common:close")}
        className={styles.close}
        popoverTarget={id}
        popoverTargetAction="hide"
      />
    </div>
  );
}
