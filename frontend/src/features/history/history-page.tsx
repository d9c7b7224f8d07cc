import { useRef, useState } from "react";
import { flushSync } from "react-dom";
import { useTranslation } from "react-i18next";
import type { SessionRow } from "@/api/answers";
import { Button } from "@/components/ui/button";
import { Notice } from "@/components/ui/notice";
import { Skeleton } from "@/components/ui/skeleton";
import { VisuallyHidden } from "@/components/ui/visually-hidden";
import { useProblemWords } from "@/i18n/problem-words";
import { EraseDialog } from "./erase-dialog";
import { Filters } from "./filters";
import styles from "./history-page.module.css";
import { NoSessions } from "./no-sessions";
import { RenameDialog } from "./rename-dialog";
import { useExport, useResume } from "./session-changes";
import { SessionItem } from "./session-item";
import { useSessions } from "./sessions-query";
import { ALL, isAll, useWanted } from "./wanted";

interface Asked {
  what: "rename" | "erase";
  session: SessionRow;
}

export function HistoryPage() {
  const { t } = useTranslation(["history", "common"]);
  const words = useProblemWords();
  const [wanted, setWanted] = useWanted();
  const [cleared, setCleared] = useState(0);
  const [asked, setAsked] = useState<Asked | null>(null);
  const [done, setDone] = useState("");
  const heading = useRef<HTMLHeadingElement>(null);
  const { data, error, isPending, refetch, hasNextPage, isFetchingNextPage, fetchNextPage } = useSessions(wanted);
  const resume = useResume();
  const save = useExport();

  const sessions = data?.pages.flatMap((page) => page.results) ?? [];
  const count = data?.pages[0]?.count ?? 0;
  const failed = resume.error ?? save.error;
  const finish = (what: Asked["what"]) => {
    // A dialog that is still there would keep the focus.
    flushSync(() => setAsked(null));
    setDone(t(`${what}.done`));
    // The row that had the focus is gone.
    if (what === "erase") heading.current?.focus();
  };

  return (
    <div className={styles.page}>
      <title>{t("common:title", { page: t("title") })}</title>
      <h1 ref={heading} className={styles.heading} tabIndex={-1}>
        {t("heading")}
      </h1>
      {(count > 0 || !isAll(wanted)) && <Filters key={cleared} wanted={wanted} onChange={setWanted} />}
      <p role="status">
        <VisuallyHidden>
          {done} {data && !isAll(wanted) && t("found", { count })}
        </VisuallyHidden>
      </p>
      {error && (
        <Notice tone="danger" actions={<Button onClick={() => void refetch()}>{t("common:tryAgain")}</Button>}>
          {words(error)}
        </Notice>
      )}
      {failed && <Notice tone="danger">{words(failed)}</Notice>}
      {data && count === 0 && (
        <NoSessions
          atAll={isAll(wanted)}
          onClear={() => {
            setWanted(ALL);
            setCleared(cleared + 1);
          }}
        />
      )}
      <ul className={styles.list} aria-busy={isPending}>
        {isPending && [1, 2, 3, 4].map((place) => (
            <li key={place} aria-hidden="true">
              <Skeleton className={styles.placeholder} />
            </li>
          ))}
        {sessions.map((session) => (
          <SessionItem
            key={session.session_id}
            session={session}
            onResume={() => resume.mutate(session)}
            onRename={() => setAsked({ what: "rename", session })}
            onErase={() => setAsked({ what: "erase", session })}
            onExport={(format) => save.mutate({ session, format })}
          />
        ))}
      </ul>
      {hasNextPage && (
        <Button className={styles.more} busy={isFetchingNextPage} onClick={() => void fetchNextPage()}>
          {t("older")}
        </Button>
      )}
      {asked?.what === "rename" && (
        <RenameDialog session={asked.session} onClose={() => setAsked(null)} onRenamed={() => finish("rename")} />
      )}
      {asked?.what === "erase" && (
        <EraseDialog session={asked.session} onClose={() => setAsked(null)} onErased={() => finish("erase")} />
      )}
    </div>
  );
}
