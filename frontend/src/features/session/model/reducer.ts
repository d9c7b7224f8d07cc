import type { DoneMessage, ErrorMessage, ServerMessage, Stage, TurnStatus } from "@/api/protocol";
import type { ProblemCode } from "@/i18n/problem-words";
import { fromSnapshot, NOT_SENT } from "./snapshot";
import { isOver, type Link, type SessionState, type Turn, type Utterance } from "./state";
import { begun, changeTurn, named, placeOf, saidTurn, storedTurn } from "./turns";

export type Action =
  | { type: "linked"; link: Link }
  | { type: "received"; message: ServerMessage }
  | { type: "said"; key: string; utterance: Utterance }
  /** Said, but there is no connection to send it on: kept, to be sent later. */
  | { type: "kept"; key: string; utterance: Utterance }
  /** The student stopped the tutor. `heard`: what was played of which reply; it may be complete on the other side. */
  | { type: "stopped"; heard: { turnId: string; heard: string } | null }
  /** A turn that failed is taken back, to be said again. */
  | { type: "withdrawn"; key: string }
  | { type: "troubled"; code: ProblemCode }
  | { type: "dismissed" };

const STATUS_AT: Record<Stage, TurnStatus> = {
  queued: "queued",
  listening: "transcribing",
  thinking: "thinking",
  speaking: "speaking",
};

export function reduce(state: SessionState, action: Action): SessionState {
  switch (action.type) {
    case "linked":
      return { ...state, link: action.link };
    case "received":
      return isWithdrawn(state, action.message) ? state : receive(state, action.message);
    case "said":
      return { ...state, problem: null, turns: [...state.turns, saidTurn(action.key, action.utterance)] };
    case "kept": {
      const turn: Turn = { ...saidTurn(action.key, action.utterance), status: "failed", problem: NOT_SENT };
      return { ...state, turns: [...state.turns, turn] };
    }
    case "stopped":
      return {
        ...state,
        runningTurnId: null,
        stage: null,
        turns: state.turns.map((turn) => {
          if (turn.id !== null && turn.id === action.heard?.turnId) return stop(turn, action.heard.heard);
          return isOver(turn) ? turn : stop(turn, "");
        }),
      };
    case "withdrawn": {
      const ids = state.turns.flatMap((turn) => (turn.key === action.key && turn.id !== null ? [turn.id] : []));
      const turns = state.turns.filter((turn) => turn.key !== action.key);
      return { ...state, turns, withdrawn: [...state.withdrawn, ...ids] };
    }
    case "troubled":
      return { ...state, problem: { code: action.code, message: "", retryable: false } };
    case "dismissed":
      return { ...state, problem: null };
  }
}

function isWithdrawn(state: SessionState, message: ServerMessage): boolean {
  return "turn_id" in message && state.withdrawn.includes(message.turn_id ?? "");
}

function stop(turn: Turn, heard: string): Turn {
  return { ...turn, status: "interrupted", replyText: heard, settled: true };
}

/** Change a running turn; what comes late for one that is over changes nothing. */
function changeRunning(state: SessionState, id: string, change: (turn: Turn) => Turn): SessionState {
  return changeTurn(state, id, (turn) => (isOver(turn) ? turn : change(turn)));
}

function receive(state: SessionState, message: ServerMessage): SessionState {
  switch (message.type) {
    case "session":
      return fromSnapshot(state, message);
    case "status": {
      const status = STATUS_AT[message.stage];
      const next = changeRunning(state, message.turn_id, (turn) => ({
        ...turn,
        status,
        spoken: turn.spoken || status === "speaking",
      }));
      const turn = next.turns.find((turn) => turn.id === message.turn_id);
      if (turn === undefined || isOver(turn)) return next;
      return {
        ...next,
        runningTurnId: message.turn_id,
        stage: { name: message.stage, position: message.position ?? null, waitMs: message.wait_ms ?? null },
      };
    }
    case "transcription":
      return changeTurn(state, message.turn_id, (turn) => ({
        ...turn,
        modality: "audio",
        userText: message.content,
        // What was understood is as good for another try, and much smaller than the recording.
        utterance: { kind: "text", content: message.content },
      }));
    case "delta":
      return changeRunning(state, message.turn_id, (turn) =>
        turn.settled ? turn : { ...turn, replyText: turn.replyText + message.content },
      );
    case "text":
      return changeRunning(state, message.turn_id, (turn) => ({
        ...turn,
        replyText: message.content,
        citations: message.citations,
        beyondMaterial: message.beyond_material,
        settled: true,
      }));
    case "error":
      return fail(state, message);
    case "done":
      return finish(state, message);
    case "turn":
      return begin(state, storedTurn(message.turn));
    case "limits": {
      const { minutes_left: minutesLeft, mode, reason, message: words } = message;
      return { ...state, limits: { minutesLeft, mode, reason, message: words } };
    }
    case "fragment":
    case "video":
    case "pong":
      return state;
  }
}

/** The server has taken a turn: one that was said here, or in another tab, and that comes before what is still on its
 * way from here. */
function begin(state: SessionState, stored: Turn): SessionState {
  if (state.turns.some((turn) => turn.id === stored.id)) return state;
  const place = placeOf(stored, state.turns);
  const said = state.turns[place];
  if (said !== undefined) {
    // It may have been stopped again before the server knew of it.
    const turn = isOver(said) ? { ...said, id: stored.id } : begun(named(said, stored));
    return { ...state, turns: state.turns.with(place, turn) };
  }
  const onItsWay = state.turns.findIndex((turn) => turn.id === null && turn.problem === null);
  const at = onItsWay < 0 ? state.turns.length : onItsWay;
  return { ...state, turns: state.turns.toSpliced(at, 0, begun(stored)) };
}

function fail(state: SessionState, { turn_id, code, message, retryable }: ErrorMessage): SessionState {
  // To send the same silence again helps nobody.
  const problem = { code, message, retryable: retryable && code !== "nothing_heard" };
  if (turn_id) return changeTurn(state, turn_id, (turn) => ({ ...turn, problem }));
  // The server refuses in order: it is the oldest message which it has not taken yet.
  const refused = state.turns.find((turn) => turn.id === null && turn.problem === null);
  if (refused === undefined) return { ...state, problem };
  const failed: Turn = { ...refused, status: "failed", problem };
  return { ...state, turns: state.turns.map((turn) => (turn === refused ? failed : turn)) };
}

function finish(state: SessionState, message: DoneMessage): SessionState {
  const next = changeTurn(state, message.turn_id, (turn) => ({
    ...turn,
    status: isOver(turn) ? turn.status : message.interrupted ? "interrupted" : turn.problem ? "failed" : "completed",
    degraded: message.degraded,
    degradedReason: message.degraded_reason,
    settled: true,
  }));
  return state.runningTurnId === message.turn_id ? { ...next, runningTurnId: null, stage: null } : next;
}
