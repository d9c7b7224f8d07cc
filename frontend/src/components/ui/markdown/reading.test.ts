import { describe, expect, test } from "vitest";
import { read, readOn, type Reading } from "./reading";

const types = (reading: Reading) => reading.blocks.map(({ token }) => token.type).filter((type) => type !== "space");
const html = (reading: Reading) => JSON.stringify(reading.blocks);

const TEXTS = {
  paragraphs: "One **bold** word.\n\nTwo _soft_ ones, `code` and [a link](https://example.org/a_b).\nThird line",
  headings: "# One\ntext\n#tag\n\nSetext\n---\n\n### Three\n",
  lists: "- a\n\n  still a\n- b\n  - c\n    1. d\n\n10. ten\n11. eleven\n\n- [ ] open\n- [x] done",
  code: "Before\n```python\nprint('```')\n\n# no heading\n```\nafter\n\n    indented\n",
  table: "| a | b |\n|---|:-:|\n| 1 | 2 |\n| 3 | 4 |\n\nafter",
  formulas: "With $a_1 + b_1$ and \\(x^2\\):\n\n$$\na\n\n- b\n$$\n\nIt costs $5 and $6. Then \\[ E = mc^2 \\] ends",
  quotes: "> one\n> two\n\n> three\nlazy\n",
  breaks: "a\r\nb\r\n\r\nc\n***\nd\n<div>\n*x*\n</div>\n\n1\n=\n",
  sources: "Light [1] is blue [2, 3]: not [x] nor [1](https://example.org).",
  chinese: "叶绿素**吸收**光 [1]。\n\n1. 水\n2. 光",
};

describe("reading on while a text grows comes to the same blocks as reading it at once:", () => {
  test.each(Object.entries(TEXTS))("%s", (_name, text) => {
    let reading = read("", true);
    for (let end = 1; end <= text.length; end++) {
      reading = readOn(reading, text.slice(0, end), true);
      expect(html(reading)).toBe(html(read(text.slice(0, end), true)));
    }
    expect(html(readOn(reading, text, false))).toBe(html(read(text)));
  });
});

test("what stands is not read again", () => {
  const before = read("One.\n\nTwo.\n\nThree.\n\nFour", true);
  const after = readOn(before, `${before.text} and a bit`, true);
  expect(after.blocks[0]).toBe(before.blocks[0]);
  expect(after.blocks[2]).toBe(before.blocks[2]);
  expect(after.blocks.at(-1)).not.toBe(before.blocks.at(-1));
});

test("a text that became another one is read anew", () => {
  expect(types(readOn(read("# One\n\ntwo", true), "two", true))).toEqual(["paragraph"]);
});

test("a formula on its own lines is one block, lists and empty lines in it included", () => {
  expect(types(read("Text:\n$$\na\n\n- b\n$$\nmore"))).toEqual(["paragraph", "formula", "paragraph"]);
});

test("money is no formula", () => {
  const { token } = read("It costs $5 and $10, or $7.").blocks[0] ?? {};
  expect(JSON.stringify(token)).not.toContain('"formula"');
});

describe("what the end cuts off", () => {
  const inline = (text: string) => JSON.stringify(read(text, true).blocks.at(-1)?.token);
  test.each([
    ["So it is **very", '"type":"strong"'],
    ["So it is *very", '"type":"em"'],
    ["Call `print", '"type":"codespan"'],
    ["```js\nlet x", '"type":"code"'],
    ["Then $x^2 + y", '"open":true'],
    ["Then \\(x^2 + y", '"open":true'],
    ["$$\nx^2 + y", '"open":true'],
  ])("%j is read as if it were closed", (text, type) => {
    expect(inline(text)).toContain(type);
  });

  test("stays as it is once the text is whole", () => {
    expect(JSON.stringify(read("So it is **very").blocks)).not.toContain("strong");
  });
});

describe("a text that nobody would write", () => {
  test.each([
    ["quotes in quotes", ">".repeat(20_000) + "a"],
    ["lists in lists", "- ".repeat(10_000) + "a"],
    ["brackets in brackets", "[".repeat(10_000) + "]".repeat(10_000)],
    ["stars", "**a".repeat(6_000)],
    ["dollars", "$a".repeat(9_000)],
    ["open dollars", "$ a".repeat(6_000)],
    ["a megabyte", "word ".repeat(200_000)],
  ])("is read to its end all the same: %s", (_name, text) => {
    for (const growing of [true, false]) {
      const { blocks } = read(text, growing);
      expect(blocks.map(({ token }) => token.raw).join("").length).toBeGreaterThan(text.length * 0.99);
    }
  });
});
