import type { TurnInfo } from "@/api/protocol";
import type { Trouble } from "@/i18n/problem-words";
import type { SessionState, Turn, Utterance } from "./state";

const blank = {
  id: null,
  modality: "text",
  userText: "",
  replyText: "",
  settled: false,
  citations: [],
  beyondMaterial: false,
  spoken: false,
  degraded: [],
  degradedReason: null,
  problem: null,
  utterance: null,
  recording: null,
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
    beyondMaterial: info.beyond_material,
    spoken: info.segments.some((segment) => segment.audio_url !== null),
    degraded: info.degraded,
    degradedReason: info.degraded_reason,
    problem: info.error === null ? null : { ...troubleOf(info.error), retryable: said },
    utterance: said ? { kind: "text", content: info.user_text } : null,
    recording: info.user_audio_url,
  };
}

/** A stored turn tells what went wrong by its code. */
function troubleOf(error: string): Trouble {
  return /^[a-z_]+$/.test(error) ? { code: error, message: "" } : { code: null, message: error };
}

function isSame(said: Turn, stored: Turn): boolean {
  return said.modality === stored.modality && (said.modality === "audio" || said.userText.trim() === stored.userText);
}

/** Of turns that the server has not named, where the one is which it has just told of; -1 if it was said elsewhere. */
export function placeOf(stored: Turn, unnamed: readonly Turn[]): number {
  return unnamed.findIndex((turn) => turn.id === null && turn.problem === null && isSame(turn, stored));
}

/** What was said here, by the name and with the state that the server gives it. */
export function named(said: Turn, stored: Turn): Turn {
  return { ...stored, key: said.key, utterance: said.utterance };
}

/** A turn whose messages follow, from the first. */
export function begun(turn: Turn): Turn {
  return { ...turn, replyText: "", citations: [], beyondMaterial: false, settled: false };
}

/** Change the turn of that id. An unknown id names the oldest turn that has none yet. */
export function changeTurn(state: SessionState, id: string, change: (turn: Turn) => Turn): SessionState {
  let place = state.turns.findIndex((turn) => turn.id === id);
  if (place < 0) place = state.turns.findIndex((turn) => turn.id === null && turn.problem === null);
  const found = state.turns[place];
  if (found === undefined) return { ...state, turns: [...state.turns, change(foreignTurn(id))] };
  return { ...state, turns: state.turns.with(place, change({ ...found, id })) };
}
