import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import type { SessionRow } from "@/api/answers";
import { Button } from "@/components/ui/button";
import { Notice } from "@/components/ui/notice";
import { Tag } from "@/components/ui/tag";
import { paths } from "@/config/paths";
import { useProblemWords } from "@/i18n/problem-words";
import { useLanguage } from "@/i18n/use-language";
import styles from "./history-page.module.css";
import { useSessions } from "./sessions-query";
import { when } from "./when";

function Row({ session }: { session: SessionRow }) {
  const { t } = useTranslation(["history", "common"]);
  const { tag } = useLanguage();
  return (
    <li>
      <Link to={paths.session(session.session_id)} className={styles.row} data-testid={`history-${session.session_id}`}>
        <span className={styles.title}>{session.title === "" ? t("untitled") : session.title}</span>
        <span className={styles.meta}>
          {session.tutor_name} · <time dateTime={session.last_activity}>{when(session.last_activity, tag) ?? t("justNow")}</time>
        </span>
        <span className={styles.state}>
          {session.status === "active" ? <Tag tone="accent">{t("continue")}</Tag> : <Tag>{t("ended")}</Tag>}
        </span>
      </Link>
    </li>
  );
}

export function HistoryPage() {
  const { t } = useTranslation(["history", "common"]);
  const words = useProblemWords();
  const { data, error, isPending, refetch, hasNextPage, isFetchingNextPage, fetchNextPage } = useSessions();
  const sessions = data?.pages.flatMap((page) => page.results) ?? [];
  return (
    <>
      <title>{t("common:title", { page: t("title") })}</title>
      <h1 className={styles.heading}>{t("heading")}</h1>
      {error && (
        <Notice tone="danger" actions={<Button onClick={() => void refetch()}>{t("common:tryAgain")}</Button>}>
          {words(error)}
        </Notice>
      )}
      {!isPending && !error && sessions.length === 0 && (
        <div className={styles.empty}>
          <p>{t("empty")}</p>
          <Link to={paths.tutors}>{t("choose")}</Link>
        </div>
      )}
      <ul className={styles.list} aria-busy={isPending}>
        {isPending && [1, 2, 3].map((place) => <li key={place} className={styles.placeholder} />)}
        {sessions.map((session) => (
          <Row key={session.session_id} session={session} />
        ))}
      </ul>
      {hasNextPage && (
        <Button className={styles.more} busy={isFetchingNextPage} onClick={() => void fetchNextPage()}>
          {t("older")}
        </Button>
      )}
    </>
  );
}
