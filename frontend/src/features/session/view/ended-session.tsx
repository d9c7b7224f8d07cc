import { Link } from "react-router";
import type { SessionRow } from "@/api/answers";
import { Button } from "@/components/ui/button";
import { Notice } from "@/components/ui/notice";
import { paths } from "@/config/paths";
import { storedTurn } from "../model/turns";
import { useTurns } from "../session-query";
import styles from "./ended-session.module.css";
import { TurnView } from "./turn-view";

/** A session that is over, to read again. */
export function EndedSession({ session }: { session: SessionRow }) {
  const { data, error, refetch, hasNextPage, isFetchingNextPage, fetchNextPage } = useTurns(session.session_id);
  const turns = data?.pages.flatMap((page) => page.results) ?? [];
  return (
    <main className={styles.page}>
      <title>{`Session with ${session.tutor_name} · Tutor`}</title>
      <header className={styles.header}>
        <Link to={paths.history}>Your sessions</Link>
        <h1>{session.title === "" ? `With ${session.tutor_name}` : session.title}</h1>
        <p>
          {session.tutor_name} ·{" "}
          <time dateTime={session.created_at}>
            {new Intl.DateTimeFormat("en", { dateStyle: "long", timeStyle: "short" }).format(Date.parse(session.created_at))}
          </time>
        </p>
      </header>
      {error && (
        <Notice tone="danger" actions={<Button onClick={() => void refetch()}>Try again</Button>}>
          {error.message}
        </Notice>
      )}
      {data && turns.length === 0 && <p>Nothing was said in this session.</p>}
      {turns.map((info) => (
        <TurnView key={info.turn_id} turn={{ ...storedTurn(info), utterance: null }} canRetry={false} />
      ))}
      {hasNextPage && (
        <Button busy={isFetchingNextPage} onClick={() => void fetchNextPage()}>
          Show more
        </Button>
      )}
      <Notice actions={<Link to={paths.tutors}>Talk with a tutor</Link>}>This session has ended.</Notice>
    </main>
  );
}
