import { useTranslation } from "react-i18next";
import { isLanguage, languages, type Language } from "./languages";

/** The language the page is shown in, and its tag for dates and numbers. */
export function useLanguage(): { language: Language; tag: string } {
  const { i18n } = useTranslation();
  const language = isLanguage(i18n.language) ? i18n.language : "en";
  return { language, tag: languages[language].tag };
}
