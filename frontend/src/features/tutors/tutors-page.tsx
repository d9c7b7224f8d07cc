import { useTranslation } from "react-i18next";
import { useTutors } from "@/api/tutors";
import { Button } from "@/components/ui/button";
import { Notice } from "@/components/ui/notice";
import { useProblemWords } from "@/i18n/problem-words";
import { useStartSession } from "./start-session";
import { TutorCard } from "./tutor-card";
import { TutorCardSkeleton } from "./tutor-card-skeleton";
import styles from "./tutors-page.module.css";

export function TutorsPage() {
  const { t } = useTranslation(["tutors", "common"]);
  const words = useProblemWords();
  const tutors = useTutors();
  const start = useStartSession();
  const starting = start.isPending ? start.variables.tutorId : null;

  return (
    <>
      <title>{t("common:title", { page: t("title") })}</title>
      <header className={styles.header}>
        <h1>{t("heading")}</h1>
        <p>{t("words")}</p>
      </header>
      {tutors.error && (
        <Notice tone="danger" actions={<Button onClick={() => void tutors.refetch()}>{t("common:tryAgain")}</Button>}>
          {words(tutors.error)}
        </Notice>
      )}
      {tutors.data?.length === 0 && (
        <Notice>{t("empty")}</Notice>
      )}
      <div className={styles.grid} aria-busy={tutors.isPending}>
        {tutors.isPending && [1, 2, 3].map((place) => <TutorCardSkeleton key={place} />)}
        {tutors.data?.map((tutor) => (
          <TutorCard
            key={tutor.id}
            tutor={tutor}
            busy={starting === tutor.id}
            error={start.variables?.tutorId === tutor.id ? start.error : null}
            onStart={(kbId, firstQuestion) => {
              if (!start.isPending) start.mutate({ tutorId: tutor.id, kbId, firstQuestion });
            }}
          />
        ))}
      </div>
    </>
  );
}
