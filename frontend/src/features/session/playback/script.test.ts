import { expect, test } from "vitest";
import { Script } from "./script";

function script(): Script {
  const it = new Script();
  it.begin(0, "One two three four.", null);
  it.extend(2_000);
  it.begin(1, "Five six.", [
    { text: "Five ", start_ms: 100, end_ms: 400 },
    { text: "six.", start_ms: 500, end_ms: 900 },
  ]);
  it.extend(3_000);
  return it;
}

test("the line is that of the moment", () => {
  expect([0, 1_999, 2_000, 9_000].map((ms) => script().at(ms).content)).toEqual([
    "One two three four.",
    "One two three four.",
    "Five six.",
    "Five six.",
  ]);
});

test("there is no line before the first", () => {
  expect(new Script().at(0)).toEqual({ content: "", said: 0 });
});

test("a line with times is said word by word", () => {
  expect([2_050, 2_100, 2_499, 2_500].map((ms) => script().at(ms).said)).toEqual([0, 5, 5, 9]);
});

test("a line without times is said as a whole", () => {
  expect(script().at(0).said).toBe("One two three four.".length);
});

test("what was heard ends with the words that fit in the time", () => {
  expect(script().heard(0)).toBe("");
  expect(script().heard(1_000)).toBe("One two");
  expect(script().heard(2_450)).toBe("One two three four. Five");
  expect(script().heard(60_000)).toBe("One two three four. Five six.");
});

test("a segment that comes again is no new line", () => {
  const it = script();
  it.begin(1, "Five six.", null);
  expect(it.endMs).toBe(3_000);
  expect(it.has(1)).toBe(true);
  expect(it.has(2)).toBe(false);
});
