import { expect, test } from "vitest";
import en from "./en";
import zh from "./zh";

interface Texts { [key: string]: string | Texts }

/** "face.stage.queuedAt" → its text. Plural forms differ by language: they count as one. */
function flat(texts: Texts, path = ""): [key: string, text: string][] {
  return Object.entries(texts).flatMap(([key, value]) =>
    typeof value === "string"
      ? [[path + key.replace(/_(zero|one|two|few|many|other)$/, ""), value] satisfies [string, string]]
      : flat(value, `${path}${key}.`),
  );
}

const placeholders = (text: string) => [...text.matchAll(/\{\{\s*(\w+)/g)].map(([, name]) => name).sort();

const english = new Map(flat(en));
const chinese = new Map(flat(zh));

test("every text is there in both languages", () => {
  expect([...chinese.keys()].sort()).toEqual([...english.keys()].sort());
});

test("both say the same things about the same values", () => {
  const values = (texts: Map<string, string>) =>
    Object.fromEntries([...texts].map(([key, text]) => [key, placeholders(text)]));
  expect(values(chinese)).toEqual(values(english));
});

test("no text is empty", () => {
  expect([...english, ...chinese].filter(([, text]) => text.trim() === "")).toEqual([]);
});

test("Chinese is Chinese", () => {
  const latin = [...chinese].filter(([, text]) => !/\p{Script=Han}/u.test(text.replace(/\{\{\w+\}\}/g, "")));
  expect(latin.map(([key]) => key)).toEqual(["common.app", "common.title"]);
});
