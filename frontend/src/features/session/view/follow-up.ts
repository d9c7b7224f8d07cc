export type FollowUp = "again" | "simpler";

/** Said to the tutor, so in the tutor's language and not in that of the page. */
const WORDS: Record<string, Record<FollowUp, string>> = {
  en: { again: "Please explain that again, in another way.", simpler: "Please explain that in simpler words." },
  zh: { again: "请换一种方式再解释一遍。", simpler: "请用更简单的话解释一下。" },
  de: { again: "Bitte erkläre das noch einmal, auf eine andere Art.", simpler: "Bitte erkläre das mit einfacheren Worten." },
  es: { again: "Por favor, explícalo otra vez de otra manera.", simpler: "Por favor, explícalo con palabras más sencillas." },
  fr: { again: "Explique-le encore une fois, autrement, s'il te plaît.", simpler: "Explique-le avec des mots plus simples, s'il te plaît." },
  ja: { again: "別の言い方でもう一度説明してください。", simpler: "もっとやさしい言葉で説明してください。" },
};

export function followUpWords(what: FollowUp, language: string): string {
  const words = WORDS[language.split("-")[0] ?? ""] ?? WORDS.en;
  return words?.[what] ?? "";
}
