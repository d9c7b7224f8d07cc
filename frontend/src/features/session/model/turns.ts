import type { TurnInfo } from "@/api/protocol";
import type { SessionState, Turn, Utterance } from "./state";

const blank = {
  id: null,
  modality: "text",
  userText: "",
  replyText: "",
  settled: false,
  citations: [],
  degraded: [],
  problem: null,
  utterance: null,
} as const satisfies Partial<Turn>;

/** A turn that was said here and of which the server knows nothing yet. */
export function saidTurn(key: string, utterance: Utterance): Turn {
  const typed = utterance.kind === "text";
  return {
    ...blank,
    key,
    utterance,
    status: "sending",
    modality: utterance.kind,
    userText: typed ? utterance.content : "",
  };
}

/** A turn that is running on the server, but was not said here. */
export function foreignTurn(id: string): Turn {
  return { ...blank, key: id, id, status: "queued" };
}

/** A turn as the transcript has it. */
export function storedTurn(info: TurnInfo): Turn {
  const said = info.user_text !== "";
  return {
    key: info.turn_id,
    id: info.turn_id,
    status: info.status,
    modality: info.modality,
    userText: info.user_text,
    replyText: info.reply_text,
    settled: true,
    citations: info.citations,
    degraded: info.degraded,
    problem: info.error === null ? null : { code: null, message: info.error, retryable: said },
    utterance: said ? { kind: "text", content: info.user_text } : null,
  };
}

/** Change the turn of that id. An unknown id names the oldest turn that has none yet. */
export function changeTurn(state: SessionState, id: string, change: (turn: Turn) => Turn): SessionState {
  let place = state.turns.findIndex((turn) => turn.id === id);
  if (place < 0) place = state.turns.findIndex((turn) => turn.id === null && turn.problem === null);
  const found = state.turns[place];
  if (found === undefined) return { ...state, turns: [...state.turns, change(foreignTurn(id))] };
  return { ...state, turns: state.turns.with(place, change({ ...found, id })) };
}
