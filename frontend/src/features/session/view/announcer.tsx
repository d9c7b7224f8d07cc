import { useState } from "react";
import { plainText } from "@/components/ui/markdown/plain-text";
import { VisuallyHidden } from "@/components/ui/visually-hidden";
import type { Turn } from "../model/state";
import { wholeSentences } from "./sentences";

/** Reads a reply to who cannot see it, sentence by sentence as they become whole. One that is spoken is heard already. */
export function Announcer({ turn, spoken }: { turn: Turn | null; spoken: boolean }) {
  const [live, setLive] = useState<string | null>(null);
  // Only what came while one was here: the transcript of a session is not read from its start.
  if (turn !== null && !turn.settled && turn.key !== live) setLive(turn.key);
  const told = turn !== null && turn.key === live && !spoken;
  const sentences = told ? wholeSentences(plainText(turn.replyText, !turn.settled), turn.settled) : [];
  return (
    <VisuallyHidden>
      <span aria-live="polite" aria-relevant="additions" data-testid="announcer">
        {sentences.map((sentence, index) => (
          <span key={`${live ?? ""} ${index}`}>{sentence} </span>
        ))}
      </span>
    </VisuallyHidden>
  );
}
