import { useEffect, useMemo, useRef } from "react";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import type { SessionRow } from "@/api/answers";
import { Button } from "@/components/ui/button";
import { Icon } from "@/components/ui/icon";
import { Menu } from "@/components/ui/menu";
import { Notice } from "@/components/ui/notice";
import { SaveAsItems } from "@/components/ui/save-as-items";
import { SettingsMenu } from "@/components/ui/settings-menu";
import { paths } from "@/config/paths";
import { useProblemWords } from "@/i18n/problem-words";
import { useLanguage } from "@/i18n/use-language";
import { After } from "../after/after";
import { useResumeSession, useSaveSession, useTurns } from "../session-query";
import styles from "./ended-session.module.css";
import { KeptTurns } from "./kept-turns";

/** A session that is over: to read and hear again, to keep, and to go on with. */
export function EndedSession({ session, justEnded }: { session: SessionRow; justEnded: boolean }) {
  const { t } = useTranslation(["session", "common"]);
  const { tag } = useLanguage();
  const words = useProblemWords();
  const { data, error, isPending, refetch, hasNextPage, isFetchingNextPage, fetchNextPage } = useTurns(session.session_id);
  const resume = useResumeSession(session.session_id);
  const save = useSaveSession(session);
  const turns = useMemo(() => data?.pages.flatMap((page) => page.results) ?? [], [data]);
  const failed = resume.error ?? save.error;
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => {
    if (justEnded) heading.current?.focus(); // the button that ended it is gone
  }, [justEnded]);
  return (
    <main id="content" className={styles.page}>
      <title>{t("common:title", { page: t("ended.title", { name: session.tutor_name }) })}</title>
      <header className={styles.header}>
        <div className={styles.bar}>
          <Link to={paths.history} data-testid="to-history">
            {t("page.history")}
          </Link>
          <SettingsMenu />
        </div>
        <h1 ref={heading} tabIndex={-1}>{session.title === "" ? t("ended.with", { name: session.tutor_name }) : session.title}</h1>
        <p>
          {session.tutor_name} ·{" "}
          <time dateTime={session.created_at}>
            {new Intl.DateTimeFormat(tag, { dateStyle: "long", timeStyle: "short" }).format(Date.parse(session.created_at))}
          </time>
        </p>
      </header>
      <Notice
        actions={
          <>
            <Button look="primary" busy={resume.isPending} onClick={() => resume.mutate()} data-testid="resume">
              {t("ended.resume")}
            </Button>
            <Menu
              trigger={
                <Button data-testid="save-as">
                  <Icon name="download" size={18} /> {t("common:export.label")}
                </Button>
              }
            >
              <SaveAsItems onSave={save.mutate} />
            </Menu>
          </>
        }
      >
        {t("ended.words")}
      </Notice>
      {failed && <Notice tone="danger">{words(failed)}</Notice>}
      {error && (
        <Notice tone="danger" actions={<Button onClick={() => void refetch()}>{t("common:tryAgain")}</Button>}>
          {words(error)}
        </Notice>
      )}
      {turns.length > 0 && <After sessionId={session.session_id} />}
      {data && turns.length === 0 && <p>{t("ended.nothing")}</p>}
      <KeptTurns turns={turns} loading={isPending} />
      {hasNextPage && (
        <Button busy={isFetchingNextPage} onClick={() => void fetchNextPage()}>
          {t("ended.more")}
        </Button>
      )}
    </main>
  );
}
