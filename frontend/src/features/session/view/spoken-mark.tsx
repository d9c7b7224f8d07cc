import { useEffect, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { IconButton } from "@/components/ui/icon-button";
import type { Turn } from "../model/state";

/** Where what was said can be heard: at the server, or still here, where it could not be sent. */
function recordingOf({ utterance, userAudio }: Turn): string | null {
  if (utterance?.kind === "audio") return `data:;base64,${utterance.data}`;
  return userAudio;
}

/** Plays what the student said. */
export function SpokenMark({ turn }: { turn: Turn }) {
  const { t } = useTranslation("session");
  const [playing, setPlaying] = useState(false);
  const audio = useRef<HTMLAudioElement>(null);
  const recording = recordingOf(turn);
  useEffect(() => {
    if (playing) audio.current?.play().catch(() => setPlaying(false));
  }, [playing]);
  if (recording === null) return <IconButton icon="microphone" label={t("chat.spoken")} disabled />;
  return (
    <>
      <IconButton
        icon={playing ? "stop" : "microphone"}
        label={playing ? t("chat.stopPlaying") : t("chat.playQuestion")}
        onClick={() => setPlaying(!playing)}
      />
      {playing && <audio ref={audio} src={recording} onEnded={() => setPlaying(false)} data-testid="question-audio" />}
    </>
  );
}
