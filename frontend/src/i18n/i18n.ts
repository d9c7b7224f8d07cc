import i18n from "i18next";
import { initReactI18next } from "react-i18next";
import en from "./en";
import { isLanguage, languages, preferredLanguage, rememberLanguage, type Language } from "./languages";

// Besides English, which is always there: it also fills in for what cannot be loaded. Plural forms differ by language.
const others: Record<Exclude<Language, "en">, () => Promise<{ default: Record<keyof typeof en, object> }>> = {
  zh: () => import("./zh"),
};

i18n.on("languageChanged", (code) => {
  document.documentElement.lang = isLanguage(code) ? languages[code].tag : code;
});

void i18n.use(initReactI18next).init({
  lng: "en",
  fallbackLng: "en",
  resources: { en },
  defaultNS: "common",
  initAsync: false,
  interpolation: { escapeValue: false }, // React escapes
  react: { useSuspense: false },
});

async function show(language: Language): Promise<void> {
  if (language !== "en" && !i18n.hasResourceBundle(language, "common")) {
    const words = (await others[language]()).default;
    for (const [namespace, texts] of Object.entries(words)) i18n.addResourceBundle(language, namespace, texts);
  }
  await i18n.changeLanguage(language);
}

/** Change the language of the page, here and for the next visits. Rejects when its words cannot be loaded. */
export async function chooseLanguage(language: Language): Promise<void> {
  await show(language);
  rememberLanguage(language);
}

/** The page begins in the language that the reader prefers, or in English when its words cannot be had now. */
export async function beginInPreferredLanguage(): Promise<void> {
  await show(preferredLanguage()).catch(() => undefined);
}

export { i18n };
