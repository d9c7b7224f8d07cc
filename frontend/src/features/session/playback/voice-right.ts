/** Of the tabs that show a session one speaks: the one that asked last, else the one that is there the longest. */
export class VoiceRight {
  private held = false;
  private wanted = false;
  private waiting: AbortController | null = null;
  private release: () => void = () => undefined;

  /** `onLost`: another tab speaks now. */
  constructor(
    private readonly name: string,
    private readonly onLost: () => void,
  ) {}

  get mine(): boolean {
    return this.held || !("locks" in navigator);
  }

  /** Take it as soon as no other tab has it. */
  open(): void {
    this.wanted = true;
    if (!("locks" in navigator) || this.waiting !== null || this.held) return;
    this.waiting = new AbortController();
    void this.request({ signal: this.waiting.signal });
  }

  /** Take it from whichever tab has it. */
  claim(): void {
    if (!("locks" in navigator) || this.held || !this.wanted) return;
    this.waiting?.abort();
    this.waiting = null;
    this.held = true; // what comes now was asked for here
    void this.request({ steal: true });
  }

  close(): void {
    this.wanted = false;
    this.waiting?.abort();
    this.waiting = null;
    this.held = false;
    this.release();
  }

  private async request(options: LockOptions): Promise<void> {
    let granted = false as boolean; // by the call back
    try {
      await navigator.locks.request(this.name, options, () => {
        granted = true;
        return this.hold();
      });
    } catch (error) {
      if (!(error instanceof DOMException && error.name === "AbortError")) throw error;
      if (granted) this.lost(); // else it was given up before
    }
  }

  private hold(): Promise<void> {
    this.waiting = null;
    this.held = this.wanted;
    return new Promise((resolve) => {
      this.release = resolve;
      if (!this.wanted) resolve();
    });
  }

  private lost(): void {
    this.held = false;
    if (!this.wanted) return;
    this.onLost();
    this.open();
  }
}
