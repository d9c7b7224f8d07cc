import { useEffect, useState, useSyncExternalStore } from "react";
import { takeTicket } from "@/api/engine-tickets";
import { callSettings, useCallSettings } from "./call-settings";
import type { SessionState } from "./model/state";
import type { Playback } from "./playback/face-player";
import { requestTicket } from "./request-ticket";
import { storedTurn } from "./stored-turn";
import { TutorSession } from "./tutor-session";

function newSession(sessionId: string): TutorSession {
  return new TutorSession({
    sessionId,
    // Taken when the socket is opened, never while rendering: React may throw a rendering away and begin again.
    ticket: () => {
      const kept = takeTicket(sessionId);
      return kept === null ? requestTicket(sessionId) : Promise.resolve(kept);
    },
    storedTurn: (turnId) => storedTurn(sessionId, turnId),
    mode: () => callSettings.snapshot().mode,
    onSlow: () => callSettings.slowDown(),
  });
}

/** The session of a page, connected as long as the page is there. */
export function useTutorSession(sessionId: string): { session: TutorSession; state: SessionState; playback: Playback } {
  const [session] = useState(() => newSession(sessionId));
  useEffect(() => {
    session.open();
    return () => session.close();
  }, [session]);
  const { mode } = useCallSettings();
  useEffect(() => {
    if (mode === "text") session.player.stop(); // the reply goes on, in words
  }, [session, mode]);
  return {
    session,
    state: useSyncExternalStore(session.subscribe, session.snapshot),
    playback: useSyncExternalStore(session.player.subscribe, session.player.snapshot),
  };
}
