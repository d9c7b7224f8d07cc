import { Link } from "react-router";
import type { SessionRow } from "@/api/answers";
import { Button } from "@/components/ui/button";
import { Notice } from "@/components/ui/notice";
import { Tag } from "@/components/ui/tag";
import { paths } from "@/config/paths";
import styles from "./history-page.module.css";
import { useSessions } from "./sessions-query";
import { when } from "./when";

function Row({ session }: { session: SessionRow }) {
  return (
    <li>
      <Link to={paths.session(session.session_id)} className={styles.row} data-testid={`history-${session.session_id}`}>
        <span className={styles.title}>{session.title === "" ? "Nothing asked yet" : session.title}</span>
        <span className={styles.meta}>
          {session.tutor_name} · <time dateTime={session.last_activity}>{when(session.last_activity)}</time>
        </span>
        <span className={styles.state}>
          {session.status === "active" ? <Tag tone="accent">Continue</Tag> : <Tag>Ended</Tag>}
        </span>
      </Link>
    </li>
  );
}

export function HistoryPage() {
  const { data, error, isPending, refetch, hasNextPage, isFetchingNextPage, fetchNextPage } = useSessions();
  const sessions = data?.pages.flatMap((page) => page.results) ?? [];
  return (
    <>
      <title>Your sessions · Tutor</title>
      <h1 className={styles.heading}>Your sessions</h1>
      {error && (
        <Notice tone="danger" actions={<Button onClick={() => void refetch()}>Try again</Button>}>
          {error.message}
        </Notice>
      )}
      {!isPending && !error && sessions.length === 0 && (
        <div className={styles.empty}>
          <p>You have not talked with a tutor yet.</p>
          <Link to={paths.tutors}>Choose a tutor</Link>
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
          Show older
        </Button>
      )}
    </>
  );
}
