import type {
  AvatarInfo,
  Citation,
  Degraded,
  DegradedReason,
  LimitsMessage,
  Stage,
  TurnStatus,
  TutorInfo,
} from "@/api/protocol";
import type { Trouble } from "@/i18n/problem-words";

export type LinkState = "connecting" | "open" | "reconnecting" | "closed";

export interface Link {
  state: LinkState;
  /** Why it is closed for good. */
  reason: Trouble | null;
}

/** What the student said, as it can be sent (again). Audio is base64. */
export type Utterance = { kind: "text"; content: string } | { kind: "audio"; data: string };

export interface Problem extends Trouble {
  retryable: boolean;
}

export interface Turn {
  /** Stays the same from the moment it is said. */
  key: string;
  /** Null until the server has named it. */
  id: string | null;
  status: TurnStatus | "sending";
  modality: "text" | "audio";
  userText: string;
  replyText: string;
  /** The reply is whole: what comes later does not add to it. */
  settled: boolean;
  citations: readonly Citation[];
  /** The reply is not from the tutor's material. */
  beyondMaterial: boolean;
  /** The reply has sound. */
  spoken: boolean;
  degraded: readonly Degraded[];
  degradedReason: DegradedReason | null;
  problem: Problem | null;
  utterance: Utterance | null;
  /** Where the recording of what was said is, for a spoken turn that the server has stored. */
  recording: string | null;
}

/** What the student has left, and the most that a reply comes with now. */
export interface Limits {
  minutesLeft: number | null;
  mode: LimitsMessage["mode"];
  reason: LimitsMessage["reason"];
  message: string | null;
}

export interface About {
  sessionId: string;
  ended: boolean;
  tutor: TutorInfo;
  avatar: AvatarInfo | null;
  demoBrain: boolean;
}

export interface SessionState {
  link: Link;
  about: About | null;
  turns: readonly Turn[];
  /** Turns that were taken back: what is still told of them is of no interest. */
  withdrawn: readonly string[];
  runningTurnId: string | null;
  stage: { name: Stage; position: number | null; waitMs: number | null } | null;
  limits: Limits | null;
  /** A problem that belongs to no turn. */
  problem: Problem | null;
}

export const initialState: SessionState = {
  link: { state: "connecting", reason: null },
  about: null,
  turns: [],
  withdrawn: [],
  runningTurnId: null,
  stage: null,
  limits: null,
  problem: null,
};

export function isOver(turn: Turn): boolean {
  return turn.status === "completed" || turn.status === "interrupted" || turn.status === "failed";
}

/** The turn which waits for its reply, if there is one. */
export function openTurn(state: SessionState): Turn | null {
  return state.turns.findLast((turn) => !isOver(turn)) ?? null;
}
