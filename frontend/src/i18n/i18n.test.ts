import { afterEach, expect, test, vi } from "vitest";
import { beginInPreferredLanguage, chooseLanguage, i18n } from "./i18n";

afterEach(async () => {
  vi.unstubAllGlobals();
  await chooseLanguage("en");
});

test("the page begins in the browser's language, where we have it", async () => {
  vi.stubGlobal("navigator", { languages: ["fr-FR", "zh-TW", "en"] });
  await beginInPreferredLanguage();
  expect(i18n.t("common:tryAgain")).toBe("重试");
  expect(document.documentElement.lang).toBe("zh-CN");
});

test("and in English where it has none of ours", async () => {
  vi.stubGlobal("navigator", { languages: ["fr-FR"] });
  await beginInPreferredLanguage();
  expect(i18n.t("common:tryAgain")).toBe("Try again");
});

test("a choice counts more than the browser", async () => {
  vi.stubGlobal("navigator", { languages: ["en"] });
  await chooseLanguage("zh");
  await i18n.changeLanguage("en");
  await beginInPreferredLanguage();
  expect(i18n.language).toBe("zh");
});
