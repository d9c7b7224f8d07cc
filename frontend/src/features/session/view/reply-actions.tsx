import { useTranslation } from "react-i18next";
import { CopyButton } from "@/components/ui/copy-button";
import { IconButton } from "@/components/ui/icon-button";
import styles from "./reply-actions.module.css";

interface ReplyActionsProps {
  text: string;
  onReplay?: (() => void) | undefined;
  /** Only of the latest reply, and while one may speak. */
  onFollowUp?: ((what: "again" | "simpler") => void) | undefined;
}

export function ReplyActions({ text, onReplay, onFollowUp }: ReplyActionsProps) {
  const { t } = useTranslation("session");
  return (
    <div className={styles.actions}>
      <CopyButton text={text} />
      {onReplay && <IconButton icon="sound" label={t("chat.replay")} onClick={onReplay} data-testid="replay" />}
      {onFollowUp && (
        <>
          <button type="button" className={styles.words} onClick={() => onFollowUp("again")}>
            {t("chat.explainAgain")}
          </button>
          <button type="button" className={styles.words} onClick={() => onFollowUp("simpler")}>
            {t("chat.simpler")}
          </button>
        </>
      )}
    </div>
  );
}
