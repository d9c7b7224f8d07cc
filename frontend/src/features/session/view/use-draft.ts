import { useCallback, useEffect, useState } from "react";
import type { Turn } from "../model/state";

interface Kept {
  text: string;
  /** It was sent: by now the server may have it. */
  sent: boolean;
}

const key = (sessionId: string) => `tutor.draft.${sessionId}`;

function load(sessionId: string): Kept {
  const kept = sessionStorage.getItem(key(sessionId));
  return kept === null ? { text: "", sent: false } : (JSON.parse(kept) as Kept);
}

function unsent(turns: readonly Turn[]): string {
  const turn = turns.findLast((turn) => turn.id === null);
  return turn?.utterance?.kind === "text" ? turn.utterance.content : "";
}

/** What is being typed, and what was sent but did not arrive: both survive a reload of the page.
 * `turns`: null until the server has told what it has. */
export function useDraft(sessionId: string, turns: readonly Turn[] | null): [string, (text: string) => void] {
  const [kept] = useState(() => load(sessionId));
  const [text, setText] = useState(kept.text);
  const [checked, setChecked] = useState(!kept.sent);
  // It had arrived before the page was loaded again.
  if (!checked && turns !== null) {
    setChecked(true);
    if (text === kept.text && turns.at(-1)?.userText === kept.text) setText("");
  }

  const waiting = turns === null ? "" : unsent(turns);
  useEffect(() => {
    if (!checked) return;
    const draft: Kept = text === "" ? { text: waiting, sent: true } : { text, sent: false };
    if (draft.text === "") sessionStorage.removeItem(key(sessionId));
    else sessionStorage.setItem(key(sessionId), JSON.stringify(draft));
  }, [sessionId, text, waiting, checked]);

  return [text, useCallback((next: string) => setText(next), [])];
}
