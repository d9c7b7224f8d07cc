import type { TFunction } from "i18next";
import { useCallback } from "react";
import { useTranslation } from "react-i18next";
import { MAX_AUDIO_SECONDS, MAX_TEXT } from "@/config/limits";
import type en from "./en";

/** What this side calls its own problems, and the codes of the server that have words here. */
export type ProblemCode = keyof (typeof en)["common"]["problem"];

/** Something that went wrong: a code, here or of the server, and the server's own words where it sent some. */
export interface Trouble {
  code: string | null;
  message: string;
}

const LIMITS = { characters: MAX_TEXT, seconds: MAX_AUDIO_SECONDS };

function problemWords(t: TFunction, { code, message }: Trouble): string {
  const otherwise = message === "" ? t("problem.otherwise") : message;
  if (code === null) return otherwise;
  return t(`problem.${code as ProblemCode}`, { ...LIMITS, defaultValue: otherwise });
}

/** A function from what went wrong to words, in the language of the page. */
export function useProblemWords(): (trouble: Trouble) => string {
  const { t } = useTranslation();
  return useCallback((trouble) => problemWords(t, trouble), [t]);
}
