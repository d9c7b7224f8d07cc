import { expect, test } from "vitest";
import { i18n } from "@/i18n/i18n";
import { stageNow, stageWords } from "./stage-words";

const t = i18n.getFixedT("en", "session");
const quiet = { stage: null, sending: false, speaking: false, recording: false };

test("what is heard counts more than what is computed", () => {
  expect(stageNow({ ...quiet, stage: { name: "thinking", position: null, waitMs: null }, speaking: true })).toBe("speaking");
  expect(stageNow({ ...quiet, speaking: true, recording: true })).toBe("recording");
});

test("the tutor thinks until the first sound is there", () => {
  expect(stageNow({ ...quiet, stage: { name: "speaking", position: null, waitMs: null } })).toBe("thinking");
});

test("a message that nobody has taken yet is being sent", () => {
  expect(stageNow({ ...quiet, sending: true })).toBe("sending");
  expect(stageNow(quiet)).toBe("idle");
});

test("the place in the line is told where it is known", () => {
  expect(stageWords(t, "queued", 2)).toBe("In line: number 3");
  expect(stageWords(t, "queued", null)).not.toContain("number");
});
