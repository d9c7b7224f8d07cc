import { expect, test } from "vitest";
import { fileName } from "./save-file";

test.each([
  ["Why is the sky blue?", "Why is the sky blue.txt"],
  ['a/b\\c:"d"', "a b c d.txt"],
  ["..", "session.txt"],
  ["为什么天是蓝的？", "为什么天是蓝的？.txt"],
  ["x".repeat(200), `${"x".repeat(80)}.txt`],
])("%s is saved as %s", (title, name) => {
  expect(fileName(title, "session", "txt")).toBe(name);
});
