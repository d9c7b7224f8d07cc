/** The languages of the page. A tutor has a language of its own. */
export const languages = {
  en: { name: "English", tag: "en" },
  zh: { name: "简体中文", tag: "zh-CN" },
} as const;

export type Language = keyof typeof languages;

export const isLanguage = (code: string): code is Language => code in languages;

const KEY = "tutor.language";

/** What was chosen here before, else the first of the browser's languages that we have, else English. */
export function preferredLanguage(): Language {
  const wished = [localStorage.getItem(KEY), ...navigator.languages];
  return wished.map((tag) => tag?.split("-")[0] ?? "").find(isLanguage) ?? "en";
}

export function rememberLanguage(language: Language): void {
  localStorage.setItem(KEY, language);
}
