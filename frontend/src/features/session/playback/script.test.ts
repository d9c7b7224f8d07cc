import { expect, test } from "vitest";
import { Script } from "./script";

function script(): Script {
  const it = new Script();
  it.begin("One two three four.");
  it.extend(2_000);
  it.begin("Five six.");
  it.extend(3_000);
  return it;
}

test("the line is that of the moment", () => {
  expect([0, 1_999, 2_000, 9_000].map((ms) => script().at(ms))).toEqual([
    "One two three four.",
    "One two three four.",
    "Five six.",
    "Five six.",
  ]);
});

test("there is no line before the first", () => {
  expect(new Script().at(0)).toBe("");
});

test("what was heard ends with the words that fit in the time", () => {
  expect(script().heard(0)).toBe("");
  expect(script().heard(1_000)).toBe("One two");
  expect(script().heard(2_500)).toBe("One two three four. Five");
  expect(script().heard(60_000)).toBe("One two three four. Five six.");
});
