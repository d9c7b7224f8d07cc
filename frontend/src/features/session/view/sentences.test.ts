import { expect, test } from "vitest";
import { wholeSentences } from "./sentences";

test("a text has the sentences that it has", () => {
  expect(wholeSentences("Plants need light. And water!\nAir too", true)).toEqual(["Plants need light.", "And water!", "Air too"]);
  expect(wholeSentences("植物需要光。还有水！", true)).toEqual(["植物需要光。", "还有水！"]);
  expect(wholeSentences("", true)).toEqual([]);
});

test("what is still being written is no sentence yet", () => {
  expect(wholeSentences("Plants need light. And wat", false)).toEqual(["Plants need light."]);
  expect(wholeSentences("Plants need li", false)).toEqual([]);
});
