import { lazy, Suspense, useState } from "react";
import { useTranslation } from "react-i18next";
import { Link, useParams } from "react-router";
import { hasTicket } from "@/api/engine-tickets";
import { Notice } from "@/components/ui/notice";
import { Skeleton } from "@/components/ui/skeleton";
import { VisuallyHidden } from "@/components/ui/visually-hidden";
import { paths } from "@/config/paths";
import { useProblemWords } from "@/i18n/problem-words";
import { useSessionRow } from "./session-query";
import { LiveSession } from "./view/live-session";
import styles from "./view/session-frame.module.css";

const EndedSession = lazy(async () => ({ default: (await import("./view/ended-session")).EndedSession }));

export function SessionPage() {
  const { sessionId = "" } = useParams();
  return <OneSession key={sessionId} sessionId={sessionId} />;
}

function OneSession({ sessionId }: { sessionId: string }) {
  const { t } = useTranslation(["session", "common"]);
  const words = useProblemWords();
  const [fresh] = useState(() => hasTicket(sessionId));
  const [over, setOver] = useState(false);
  const { data: row, error } = useSessionRow(sessionId, !fresh || over);
  if (!over && (fresh || row?.status === "active")) {
    return <LiveSession sessionId={sessionId} onEnded={() => setOver(true)} />;
  }
  if (row !== undefined && (!over || row.status === "ended")) {
    return (
      <Suspense fallback={null}>
        <EndedSession session={row} justEnded={over} />
      </Suspense>
    );
  }
  return (
    <main id="content" className={styles.message}>
      <title>{t("common:title", { page: t("page.title") })}</title>
      {error ? (
        <>
          <h1>{t("page.title")}</h1>
          <Notice tone="danger">{error.status === 404 ? t("page.missing") : words(error)}</Notice>
          <Link to={paths.history}>{t("page.history")}</Link>
        </>
      ) : (
        <>
          <VisuallyHidden>
            <h1>{t("page.title")}</h1>
          </VisuallyHidden>
          <Skeleton className={styles.waiting} />
        </>
      )}
    </main>
  );
}
