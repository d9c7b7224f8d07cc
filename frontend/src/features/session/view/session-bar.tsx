import { useState } from "react";
import { Link, useNavigate } from "react-router";
import type { TutorInfo } from "@/api/protocol";
import { Button } from "@/components/ui/button";
import { Dialog } from "@/components/ui/dialog";
import { Icon } from "@/components/ui/icon";
import { Notice } from "@/components/ui/notice";
import { paths } from "@/config/paths";
import type { Link as LinkInfo, LinkState } from "../model/state";
import { useEndSession } from "../session-query";
import styles from "./session-bar.module.css";

const LINK_WORDS: Record<LinkState, string> = {
  connecting: "Connecting…",
  open: "Connected",
  reconnecting: "Reconnecting…",
  closed: "Not connected",
};

interface SessionBarProps {
  sessionId: string;
  tutor: TutorInfo | null;
  link: LinkInfo;
}

export function SessionBar({ sessionId, tutor, link }: SessionBarProps) {
  const [asking, setAsking] = useState(false);
  const end = useEndSession(sessionId);
  const navigate = useNavigate();
  return (
    <>
      <title>{tutor ? `${tutor.name} · Tutor` : "Tutor"}</title>
      <header className={styles.bar}>
        <Link to={paths.tutors} className={styles.back} aria-label="Back to the tutors">
          <Icon name="arrowLeft" />
        </Link>
        <div className={styles.who}>
          <h1>{tutor?.name ?? "\u00a0"}</h1>
          <p>{tutor?.subject ?? "\u00a0"}</p>
        </div>
        <p className={styles.link} role="status" data-testid="connection" data-state={link.state}>
          <span>{LINK_WORDS[link.state]}</span>
        </p>
        <Button look="plain" className={styles.end} onClick={() => setAsking(true)} data-testid="end-session">
          End
        </Button>
      </header>
      {link.reason !== null && (
        <div className={styles.reason}>
          <Notice tone="danger" actions={<Link to={paths.tutors}>Choose a tutor</Link>}>
            {link.reason}
          </Notice>
        </div>
      )}
      <Dialog
        open={asking}
        title="End this session?"
        onClose={() => setAsking(false)}
        actions={
          <>
            <Button onClick={() => setAsking(false)}>Keep talking</Button>
            <Button
              look="danger"
              busy={end.isPending}
              onClick={() => end.mutate(undefined, { onSuccess: () => void navigate(paths.history) })}
              data-testid="end-session-confirm"
            >
              End session
            </Button>
          </>
        }
      >
        <p>You can read it again under History, but not go on with it. To pause, simply leave the page.</p>
        {end.error && <p role="alert">{end.error.message}</p>}
      </Dialog>
    </>
  );
}
