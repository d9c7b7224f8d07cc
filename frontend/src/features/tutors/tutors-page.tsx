import { Button } from "@/components/ui/button";
import { Notice } from "@/components/ui/notice";
import { useStartSession } from "./start-session";
import { TutorCard } from "./tutor-card";
import styles from "./tutors-page.module.css";
import { useTutors } from "./tutors-query";

export function TutorsPage() {
  const tutors = useTutors();
  const start = useStartSession();
  const starting = start.isPending ? start.variables.tutorId : null;

  return (
    <>
      <title>Tutors · Tutor</title>
      <header className={styles.header}>
        <h1>Who would you like to talk with?</h1>
        <p>Each tutor knows one subject, listens, and answers aloud.</p>
      </header>
      {start.error && <Notice tone="danger">{start.error.message}</Notice>}
      {tutors.error && (
        <Notice tone="danger" actions={<Button onClick={() => void tutors.refetch()}>Try again</Button>}>
          {tutors.error.message}
        </Notice>
      )}
      {tutors.data?.length === 0 && (
        <Notice>No tutor is open to you yet. Your teacher can open one for your class.</Notice>
      )}
      <div className={styles.grid} aria-busy={tutors.isPending}>
        {tutors.isPending && [1, 2, 3].map((place) => <div key={place} className={styles.placeholder} />)}
        {tutors.data?.map((tutor) => (
          <TutorCard
            key={tutor.id}
            tutor={tutor}
            busy={starting === tutor.id}
            onStart={(kbId, firstQuestion) => {
              if (!start.isPending) start.mutate({ tutorId: tutor.id, kbId, firstQuestion });
            }}
          />
        ))}
      </div>
    </>
  );
}
