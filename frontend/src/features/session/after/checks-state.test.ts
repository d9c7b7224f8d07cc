import { expect, test } from "vitest";
import type { Answered, Check } from "@/api/answers";
import { begin, checksReducer, result, type ChecksEvent } from "./checks-state";

const check = (position: number, answer: number | null = null): Check => ({
  position,
  skill: "Light",
  question: `Question ${position}?`,
  choices: ["a", "b", "c", "d"],
  answer,
  correct_choice: answer === null ? null : 1,
  explanation: answer === null ? null : "So it says.",
});

const answered: Answered = { correct: true, correct_choice: 1, explanation: "So it says.", known: 0.6, level: "growing" };
const after = (checks: Check[], ...events: ChecksEvent[]) => events.reduce(checksReducer, begin(checks));

test("it begins with the first that was not answered", () => {
  expect(begin([check(1, 1), check(2)]).at).toBe(1);
});

test("when all were answered there is only the result", () => {
  const state = begin([check(1, 1), check(2, 0)]);
  expect(state.at).toBe(2);
  expect(result(state)).toEqual({ answered: 2, right: 1 });
});

test("an answer stands with its explanation until one goes on", () => {
  const state = after(
    [check(1), check(2)],
    { type: "picked", choice: 1 },
    { type: "answered", position: 1, choice: 1, answered },
  );
  expect(state.at).toBe(0);
  expect(state.checks[0]).toMatchObject({ answer: 1, correct_choice: 1, explanation: "So it says." });
  expect(checksReducer(state, { type: "next" })).toMatchObject({ at: 1, picked: null });
});

test("after the answer nothing else can be picked", () => {
  const state = after([check(1)], { type: "answered", position: 1, choice: 0, answered }, { type: "picked", choice: 1 });
  expect(state.picked).toBeNull();
});

test("who skips all has answered nothing", () => {
  const state = after([check(1), check(2)], { type: "next" }, { type: "next" });
  expect(state.at).toBe(2);
  expect(result(state)).toEqual({ answered: 0, right: 0 });
});
