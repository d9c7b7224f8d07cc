import { expect, test } from "vitest";
import { captionWords } from "./caption-words";

test("a caption has the words of the reply and none of its marks", () => {
  const content = "Plants need **light**, water and $CO_2$ [1].";
  expect(captionWords(content, 0)).toEqual(["", "Plants need light, water and CO_2."]);
  expect(captionWords(content, content.length)).toEqual(["Plants need light, water and CO_2.", ""]);
  expect(captionWords(content, content.indexOf(" water"))).toEqual(["Plants need light,", " water and CO_2."]);
});

test("wherever it is cut, the words are all there, and more of them were said the later it is", () => {
  const content = "So **it is *very* blue** and [far](https://example.org) `x` away [2]. Because of $E = mc^2$.";
  let before = 0;
  for (let said = 0; said <= content.length; said++) {
    const [spoken, following] = captionWords(content, said);
    expect(spoken + following).toBe("So it is very blue and far x away. Because of E = mc^2.");
    expect(spoken.length).toBeGreaterThanOrEqual(before - 12);
    before = spoken.length;
  }
});
