import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import type { TutorProgress } from "@/api/answers";
import { Button } from "@/components/ui/button";
import { Card } from "@/components/ui/card";
import { Empty } from "@/components/ui/empty";
import { Notice } from "@/components/ui/notice";
import { Skeleton } from "@/components/ui/skeleton";
import { paths } from "@/config/paths";
import { useProblemWords } from "@/i18n/problem-words";
import styles from "./progress-page.module.css";
import { useProgress } from "./progress-query";

/** What a student knows by now, by tutor and skill. */
export function ProgressPage() {
  const { t } = useTranslation(["progress", "common"]);
  const words = useProblemWords();
  const { data, error, isPending, refetch } = useProgress();
  return (
    <div className={styles.page}>
      <title>{t("common:title", { page: t("title") })}</title>
      <h1 className={styles.heading} tabIndex={-1}>
        {t("heading")}
      </h1>
      <p className={styles.soft}>{t("words")}</p>
      {error && (
        <Notice tone="danger" actions={<Button onClick={() => void refetch()}>{t("common:tryAgain")}</Button>}>
          {words(error)}
        </Notice>
      )}
      {isPending && <Skeleton className={styles.placeholder} />}
      {data?.length === 0 && (
        <Empty heading={t("empty")}>
          <p>{t("emptyWords")}</p>
          <Link to={paths.tutors}>{t("choose")}</Link>
        </Empty>
      )}
      {data?.map((tutor) => (
        <TutorSkills key={tutor.tutor_id} tutor={tutor} />
      ))}
    </div>
  );
}

function TutorSkills({ tutor }: { tutor: TutorProgress }) {
  const { t } = useTranslation("progress");
  return (
    <Card heading={`${tutor.tutor_name} · ${tutor.subject}`}>
      <ul className={styles.skills}>
        {tutor.skills.map(({ name, known, level, answered, correct }) => {
          const percent = Math.round(known * 100);
          return (
            <li key={name} className={styles.skill} data-testid="skill">
              <span className={styles.name}>{name}</span>
              <span className={styles.level}>{t(`level.${level}`)}</span>
              <meter
                className={styles.bar}
                min={0}
                max={100}
                value={percent}
                aria-label={name}
                aria-valuetext={`${t(`level.${level}`)}, ${t("known", { percent })}`}
              />
              <span className={styles.soft}>{t("answered", { right: correct, count: answered })}</span>
            </li>
          );
        })}
      </ul>
    </Card>
  );
}
