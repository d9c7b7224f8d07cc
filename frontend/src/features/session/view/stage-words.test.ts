import { expect, test } from "vitest";
import { stageNow, stageWords } from "./stage-words";

const quiet = { stage: null, sending: false, speaking: false, recording: false };

test("what is heard counts more than what is computed", () => {
  expect(stageNow({ ...quiet, stage: { name: "thinking", position: null }, speaking: true })).toBe("speaking");
  expect(stageNow({ ...quiet, speaking: true, recording: true })).toBe("recording");
});

test("the tutor thinks until the first sound is there", () => {
  expect(stageNow({ ...quiet, stage: { name: "speaking", position: null } })).toBe("thinking");
});

test("a message that nobody has taken yet is being sent", () => {
  expect(stageNow({ ...quiet, sending: true })).toBe("sending");
  expect(stageNow(quiet)).toBe("idle");
});

test("the place in the line is told where it is known", () => {
  expect(stageWords("queued", 3)).toBe("In line: number 3");
  expect(stageWords("queued", null)).not.toContain("number");
});
