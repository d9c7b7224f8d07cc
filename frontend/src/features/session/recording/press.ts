/** Held longer than this, letting go sends; shorter, it was a tap and the next one sends. */
export const HOLD_MS = 400;

interface Talk {
  phase: "off" | "asking" | "recording" | "finishing";
  start: () => void;
  finish: () => void;
}

/** Press to talk, for a pointer as for a key: hold it while speaking, or tap to begin and tap to send. */
export class Press {
  private startedAt: number | null = null;

  down(talk: Talk, now: number): void {
    if (talk.phase === "off") {
      this.startedAt = now;
      talk.start();
    } else if (talk.phase === "recording") {
      this.startedAt = null;
      talk.finish();
    }
  }

  up(talk: Talk, now: number): void {
    const held = this.startedAt !== null && now - this.startedAt >= HOLD_MS;
    this.startedAt = null;
    // Whoever let go while the browser still asked for permission has tapped.
    if (held && talk.phase === "recording") talk.finish();
  }
}
