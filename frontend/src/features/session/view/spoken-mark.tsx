import { useEffect, useState } from "react";
import { useTranslation } from "react-i18next";
import { IconButton } from "@/components/ui/icon-button";
import type { Utterance } from "../model/state";
import styles from "./turn-view.module.css";

interface SpokenMarkProps {
  /** Of what could not be sent, the recording is still here. */
  utterance: Utterance | null;
  /** Where the server keeps what it got. */
  address: string | null;
}

function objectUrl(base64: string): string {
  return URL.createObjectURL(new Blob([Uint8Array.from(atob(base64), (sign) => sign.charCodeAt(0))]));
}

/** Plays what the student said. */
export function SpokenMark({ utterance, address }: SpokenMarkProps) {
  const { t } = useTranslation("session");
  const [playing, setPlaying] = useState(false);
  const data = utterance?.kind === "audio" ? utterance.data : null;
  useEffect(() => {
    if (!playing) return;
    const source = data === null ? address : objectUrl(data);
    if (source === null) return;
    const audio = new Audio(source);
    audio.onended = () => setPlaying(false);
    audio.play().catch(() => setPlaying(false));
    return () => {
      audio.pause();
      if (data !== null) URL.revokeObjectURL(source);
    };
  }, [playing, data, address]);

  return (
    <IconButton
      className={styles.spoken}
      icon={playing ? "stop" : "microphone"}
      label={t(playing ? "chat.stopPlaying" : "chat.playQuestion")}
      disabled={data === null && address === null}
      aria-pressed={playing}
      onClick={() => setPlaying(!playing)}
    />
  );
}
