import type { Place } from "./face-player";

const key = (sessionId: string) => `tutor.place.${sessionId}`;

/** Keep how far a reply was heard, for the page after a reload. */
export function keepPlace(sessionId: string, place: Place | null): void {
  if (place === null) sessionStorage.removeItem(key(sessionId));
  else sessionStorage.setItem(key(sessionId), JSON.stringify(place));
}

/** Take it: it counts once. */
export function takePlace(sessionId: string): Place | null {
  const kept = sessionStorage.getItem(key(sessionId));
  sessionStorage.removeItem(key(sessionId));
  return kept === null ? null : (JSON.parse(kept) as Place);
}
