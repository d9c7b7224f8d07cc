import type { Answered, Check } from "@/api/answers";

/** The quick questions, one at a time. */
export interface ChecksState {
  checks: readonly Check[];
  /** The place of the one that is asked; behind the last one when all are through. */
  at: number;
  picked: number | null;
}

export type ChecksEvent =
  | { type: "picked"; choice: number }
  | { type: "answered"; position: number; choice: number; answered: Answered }
  | { type: "next" };

/** Those that were answered before are not asked again. */
export function begin(checks: readonly Check[]): ChecksState {
  const open = checks.findIndex(({ answer }) => answer === null);
  return { checks, at: open < 0 ? checks.length : open, picked: null };
}

function following({ checks, at }: ChecksState): number {
  const open = checks.findIndex(({ answer }, place) => place > at && answer === null);
  return open < 0 ? checks.length : open;
}

export function checksReducer(state: ChecksState, event: ChecksEvent): ChecksState {
  switch (event.type) {
    case "picked":
      return state.checks[state.at]?.answer === null ? { ...state, picked: event.choice } : state;
    case "answered": {
      const { correct_choice, explanation } = event.answered;
      const checks = state.checks.map((check) =>
        check.position === event.position ? { ...check, answer: event.choice, correct_choice, explanation } : check,
      );
      return { ...state, checks };
    }
    case "next":
      return { ...state, at: following(state), picked: null };
  }
}

export function result({ checks }: ChecksState): { answered: number; right: number } {
  const answered = checks.filter(({ answer }) => answer !== null);
  return { answered: answered.length, right: answered.filter((check) => check.answer === check.correct_choice).length };
}
