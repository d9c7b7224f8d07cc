import type { KeyboardEvent } from "react";
import { useTranslation } from "react-i18next";
import { Icon } from "@/components/ui/icon";
import { Spinner } from "@/components/ui/spinner";
import type { Press } from "../recording/press";
import type { RecordingControl } from "../recording/use-recording";
import styles from "./controls.module.css";

const isPressKey = (event: KeyboardEvent) => event.key === " " || event.key === "Enter";

interface MicButtonProps {
  recording: RecordingControl;
  press: Press;
  disabled: boolean;
}

/** Press to talk. Hold it while speaking, or tap to begin and tap again to send. */
export function MicButton({ recording, press, disabled }: MicButtonProps) {
  const { t } = useTranslation("session");
  const active = recording.phase === "recording";
  return (
    <button
      type="button"
      className={styles.mic}
      disabled={disabled && !active}
      aria-pressed={active}
      aria-label={active ? t("talk.finish") : t("talk.start")}
      title={active ? undefined : t("talk.hint")}
      data-testid="mic-button"
      data-phase={recording.phase}
      onPointerDown={(event) => {
        if (event.button !== 0) return;
        event.currentTarget.setPointerCapture(event.pointerId);
        press.down(recording, Date.now());
      }}
      onPointerUp={() => press.up(recording, Date.now())}
      onPointerCancel={() => press.up(recording, Date.now())}
      onContextMenu={(event) => event.preventDefault()}
      onKeyDown={(event) => {
        if (!isPressKey(event)) return;
        event.preventDefault();
        if (!event.repeat) press.down(recording, Date.now());
      }}
      onKeyUp={(event) => {
        if (isPressKey(event)) press.up(recording, Date.now());
      }}
      onClick={(event) => {
        // Of assistive technology, which sends a click and nothing before it.
        if (event.detail === 0) press.down(recording, Date.now());
      }}
    >
      {recording.phase === "asking" || recording.phase === "finishing" ? (
        <Spinner size={24} />
      ) : (
        <Icon name={active ? "arrowUp" : "microphone"} size={26} />
      )}
      <span className={styles.label}>{active ? t("talk.send") : t("talk.talk")}</span>
    </button>
  );
}
