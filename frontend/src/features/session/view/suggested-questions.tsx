import { useTranslation } from "react-i18next";
import styles from "./transcript.module.css";

interface SuggestedQuestionsProps {
  questions: readonly string[];
  disabled: boolean;
  onAsk: (question: string) => void;
}

export function SuggestedQuestions({ questions, disabled, onAsk }: SuggestedQuestionsProps) {
  const { t } = useTranslation("session");
  return (
    <ul className={styles.questions} aria-label={t("chat.youCouldAsk")}>
      {questions.map((question) => (
        <li key={question}>
          <button type="button" disabled={disabled} onClick={() => onAsk(question)}>
            {question}
          </button>
        </li>
      ))}
    </ul>
  );
}
