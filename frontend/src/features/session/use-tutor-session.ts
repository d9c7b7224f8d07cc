import { useEffect, useState, useSyncExternalStore } from "react";
import { takeTicket } from "@/api/engine-tickets";
import type { SessionState } from "./model/state";
import type { Playback } from "./playback/face-player";
import { requestTicket } from "./request-ticket";
import { TutorSession } from "./tutor-session";

function newSession(sessionId: string): TutorSession {
  let first = takeTicket(sessionId);
  const firstQuestion = first?.firstQuestion ?? null;
  const ticket = async () => {
    const given = first;
    first = null;
    return given ?? requestTicket(sessionId);
  };
  return new TutorSession(ticket, firstQuestion);
}

/** The session of a page, connected as long as the page is there. */
export function useTutorSession(sessionId: string): { session: TutorSession; state: SessionState; playback: Playback } {
  const [session] = useState(() => newSession(sessionId));
  useEffect(() => {
    session.open();
    return () => session.close();
  }, [session]);
  return {
    session,
    state: useSyncExternalStore(session.subscribe, session.snapshot),
    playback: useSyncExternalStore(session.player.subscribe, session.player.snapshot),
  };
}
