import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import type { SessionRow } from "@/api/answers";
import { Button } from "@/components/ui/button";
import { Notice } from "@/components/ui/notice";
import { paths } from "@/config/paths";
import { useProblemWords } from "@/i18n/problem-words";
import { useLanguage } from "@/i18n/use-language";
import { storedTurn } from "../model/turns";
import { useTurns } from "../session-query";
import styles from "./ended-session.module.css";
import { TurnView } from "./turn-view";

/** A session that is over, to read again. */
export function EndedSession({ session }: { session: SessionRow }) {
  const { t } = useTranslation(["session", "common"]);
  const { tag } = useLanguage();
  const words = useProblemWords();
  const { data, error, refetch, hasNextPage, isFetchingNextPage, fetchNextPage } = useTurns(session.session_id);
  const turns = data?.pages.flatMap((page) => page.results) ?? [];
  return (
    <main id="content" className={styles.page}>
      <title>{t("common:title", { page: t("ended.title", { name: session.tutor_name }) })}</title>
      <header className={styles.header}>
        <Link to={paths.history}>{t("page.history")}</Link>
        <h1>{session.title === "" ? t("ended.with", { name: session.tutor_name }) : session.title}</h1>
        <p>
          {session.tutor_name} ·{" "}
          <time dateTime={session.created_at}>
            {new Intl.DateTimeFormat(tag, { dateStyle: "long", timeStyle: "short" }).format(Date.parse(session.created_at))}
          </time>
        </p>
      </header>
      {error && (
        <Notice tone="danger" actions={<Button onClick={() => void refetch()}>{t("common:tryAgain")}</Button>}>
          {words(error)}
        </Notice>
      )}
      {data && turns.length === 0 && <p>{t("ended.nothing")}</p>}
      {turns.map((info) => (
        <TurnView key={info.turn_id} turn={storedTurn(info)} />
      ))}
      {hasNextPage && (
        <Button busy={isFetchingNextPage} onClick={() => void fetchNextPage()}>
          {t("ended.more")}
        </Button>
      )}
      <Notice actions={<Link to={paths.tutors}>{t("ended.talk")}</Link>}>{t("ended.words")}</Notice>
    </main>
  );
}
