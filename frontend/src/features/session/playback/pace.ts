/** So much of a reply, in milliseconds, is looked at together. */
const WINDOW_MS = 3_000;

/** So often may a reply wait for more. */
const DRY_TIMES = 3;

interface Stretch {
  transferMs: number;
  mediaMs: number;
}

/** Tells from what arrives of a reply whether the picture comes too slowly to be looked at. */
export class Pace {
  private stretches: Stretch[] = [];
  private transferMs = 0;
  private dry = 0;

  /** Another reply begins. */
  begin(): void {
    this.stretches = [];
    this.transferMs = 0;
    this.dry = 0;
  }

  /** A fragment took so long from its first byte to its last. */
  transferred(ms: number): void {
    this.transferMs += ms;
  }

  /** So much more of the reply can be played. */
  gained(mediaMs: number): void {
    this.stretches.push({ transferMs: this.transferMs, mediaMs });
    this.transferMs = 0;
    while (this.media - (this.stretches[0]?.mediaMs ?? 0) >= WINDOW_MS) this.stretches.shift();
  }

  ranDry(): void {
    this.dry++;
  }

  get slow(): boolean {
    const transfer = this.stretches.reduce((sum, stretch) => sum + stretch.transferMs, 0);
    return this.dry >= DRY_TIMES || (this.media >= WINDOW_MS && transfer > this.media);
  }

  private get media(): number {
    return this.stretches.reduce((sum, stretch) => sum + stretch.mediaMs, 0);
  }
}
