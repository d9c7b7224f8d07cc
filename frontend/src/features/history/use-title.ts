import { useTranslation } from "react-i18next";
import type { SessionRow } from "@/api/answers";

/** What a session is called: by the student, by its first question, or not yet. */
export function useTitle(): (session: SessionRow) => string {
  const { t } = useTranslation(["history", "common"]);
  return ({ title, first_question }) => title || first_question || t("untitled");
}
