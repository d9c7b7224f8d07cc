import { renderHook } from "@testing-library/react";
import { afterEach, expect, test } from "vitest";
import { chooseLanguage } from "./i18n";
import { useProblemWords } from "./problem-words";

afterEach(() => chooseLanguage("en"));

const words = () => renderHook(useProblemWords).result.current;

test("a known code is said in the language of the page", async () => {
  await chooseLanguage("zh");
  expect(words()({ code: "timeout", message: "Too slow." })).toMatch(/导师/);
});

test("the limit is named where a code is about one", () => {
  expect(words()({ code: "text_too_long", message: "" })).toContain("4000");
});

test("a code that is not known here leaves the server's words, and none leaves some", () => {
  expect(words()({ code: "of_tomorrow", message: "Wait." })).toBe("Wait.");
  expect(words()({ code: null, message: "Wait." })).toBe("Wait.");
  expect(words()({ code: "of_tomorrow", message: "" })).toMatch(/Something went wrong/);
});
