import { type KeyboardEvent, type SyntheticEvent } from "react";
import { useTranslation } from "react-i18next";
import { Icon } from "@/components/ui/icon";
import { VisuallyHidden } from "@/components/ui/visually-hidden";
import { MAX_TEXT } from "@/config/limits";
import styles from "./composer.module.css";

const COUNT_FROM = MAX_TEXT - 400;

interface ComposerProps {
  text: string;
  onText: (text: string) => void;
  connected: boolean;
  closed: boolean;
  /** False when it could not be sent: the text stays. */
  onSend: (content: string) => boolean;
}

export function Composer({ text, onText, connected, closed, onSend }: ComposerProps) {
  const { t } = useTranslation("session");
  const length = Array.from(text.trim()).length;
  const sendable = connected && length > 0 && length <= MAX_TEXT;

  const send = () => {
    if (sendable && onSend(text.trim())) onText("");
  };
  const submit = (event: SyntheticEvent) => {
    event.preventDefault();
    send();
  };
  const onKeyDown = (event: KeyboardEvent) => {
    // While a word is being composed (Chinese, Japanese…), Enter takes the word.
    if (event.key !== "Enter" || event.shiftKey || event.nativeEvent.isComposing) return;
    event.preventDefault();
    send();
  };

  return (
    <form className={styles.composer} onSubmit={submit}>
      <label className={styles.field} data-text={text}>
        <VisuallyHidden>{t("chat.question")}</VisuallyHidden>
        <textarea
          rows={1}
          value={text}
          placeholder={t("chat.placeholder")}
          enterKeyHint="send"
          disabled={closed}
          onChange={(event) => onText(event.target.value)}
          onKeyDown={onKeyDown}
          aria-describedby={length > COUNT_FROM ? "composer-count" : undefined}
          aria-invalid={length > MAX_TEXT || undefined}
          data-testid="composer-input"
        />
      </label>
      {length > COUNT_FROM && (
        <span id="composer-count" className={styles.count} data-over={length > MAX_TEXT} role="status">
          {length > MAX_TEXT ? t("chat.over", { count: length - MAX_TEXT }) : t("chat.left", { count: MAX_TEXT - length })}
        </span>
      )}
      <button
        type="submit"
        className={styles.send}
        disabled={!sendable}
        aria-label={t("chat.send")}
        data-testid="composer-send"
      >
        <Icon name="arrowUp" />
      </button>
    </form>
  );
}
