import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { Tutor } from "@/api/answers";
import type { ApiError } from "@/api/errors";
import { Button } from "@/components/ui/button";
import { Notice } from "@/components/ui/notice";
import { Portrait } from "@/components/ui/portrait";
import { Tag } from "@/components/ui/tag";
import { useProblemWords } from "@/i18n/problem-words";
import { useLanguage } from "@/i18n/use-language";
import { languageName } from "./language";
import styles from "./tutor-card.module.css";

interface TutorCardProps {
  tutor: Tutor;
  busy: boolean;
  /** Why a session could not be started. */
  error: ApiError | null;
  onStart: (kbId: string | undefined, firstQuestion?: string) => void;
}

export function TutorCard({ tutor, busy, error, onStart }: TutorCardProps) {
  const { t } = useTranslation(["tutors", "common"]);
  const words = useProblemWords();
  const { tag } = useLanguage();
  const [kbId, setKbId] = useState(tutor.knowledge_bases[0]?.kb_id);
  return (
    <article className={styles.card} aria-labelledby={`tutor-${tutor.id}`} data-testid={`tutor-card-${tutor.id}`}>
      <div className={styles.picture}>
        <Portrait name={tutor.name} src={tutor.avatars[0]?.poster_url} className={styles.portrait} lazy />
      </div>
      <div className={styles.words}>
        <div className={styles.tags}>
          <Tag tone="accent">{tutor.subject}</Tag>
          <Tag>{t("speaks", { language: languageName(tutor.language, tag) })}</Tag>
        </div>
        <h2 id={`tutor-${tutor.id}`}>{tutor.name}</h2>
        <p className={styles.description}>{tutor.description}</p>
        {tutor.knowledge_bases.length > 1 && (
          <label className={styles.lesson}>
            {t("lesson")}
            <select value={kbId} onChange={(event) => setKbId(event.target.value)}>
              {tutor.knowledge_bases.map((base) => (
                <option key={base.kb_id} value={base.kb_id}>
                  {base.name}
                </option>
              ))}
            </select>
          </label>
        )}
        {tutor.suggested_questions.length > 0 && (
          <div className={styles.questions}>
            <p id={`ask-${tutor.id}`}>{t("youCouldAsk")}</p>
            <ul aria-labelledby={`ask-${tutor.id}`} lang={tutor.language}>
              {tutor.suggested_questions.slice(0, 3).map((question) => (
                <li key={question}>
                  <button type="button" disabled={busy} onClick={() => onStart(kbId, question)}>
                    {question}
                  </button>
                </li>
              ))}
            </ul>
          </div>
        )}
        <div className={styles.start}>
          {error && <Notice tone="danger">{words(error)}</Notice>}
          <Button look="primary" busy={busy} onClick={() => onStart(kbId)} data-testid={`tutor-start-${tutor.id}`}>
            {t("start", { name: tutor.name })}
          </Button>
        </div>
      </div>
    </article>
  );
}
