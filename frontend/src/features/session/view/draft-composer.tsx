import type { Turn } from "../model/state";
import { Composer } from "./composer";
import { useDraft } from "./use-draft";

interface DraftComposerProps {
  sessionId: string;
  /** Null until the server has told what it has. */
  turns: readonly Turn[] | null;
  connected: boolean;
  closed: boolean;
  onSend: (content: string) => boolean;
}

/** Where one writes, with what was written before the page was loaded again. */
export function DraftComposer({ sessionId, turns, ...composer }: DraftComposerProps) {
  const [text, setText] = useDraft(sessionId, turns);
  return <Composer text={text} onText={setText} {...composer} />;
}
