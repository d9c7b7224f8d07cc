import type { SessionMessage } from "@/api/protocol";
import type { SessionState, Turn } from "./state";
import { begun, named, placeOf, storedTurn } from "./turns";

export const NOT_SENT = { code: "not_sent", message: "", retryable: true };

/** The whole state from what the server tells on connecting. Only what it does not know of is kept. */
export function fromSnapshot(state: SessionState, message: SessionMessage): SessionState {
  const before = new Map(state.turns.map((turn) => [turn.id, turn]));
  const unnamed = state.turns.filter((turn) => turn.id === null);

  const told = message.turns.filter((info) => !state.withdrawn.includes(info.turn_id));
  const stored = told.map((info) => {
    const turn = storedTurn(info);
    const known = before.get(turn.id) ?? take(unnamed, turn);
    const mine = known === undefined ? turn : named(known, turn);
    return turn.id === message.running_turn_id ? begun(mine) : mine;
  });
  const lost = unnamed.map((turn): Turn => ({ ...turn, status: "failed", problem: turn.problem ?? NOT_SENT }));

  return {
    ...state,
    about: {
      sessionId: message.session_id,
      ended: message.status === "ended",
      tutor: message.tutor,
      avatar: message.avatar,
      demoBrain: message.demo_brain,
    },
    turns: [...stored, ...lost],
    runningTurnId: message.running_turn_id,
    stage: null,
  };
}

function take(unnamed: Turn[], stored: Turn): Turn | undefined {
  const place = placeOf(stored, unnamed);
  return place < 0 ? undefined : unnamed.splice(place, 1)[0];
}
