import { KEEP_BEHIND_SECONDS, MANAGED_AHEAD_SECONDS } from "@/config/playback";
import type { Source } from "./media-source";
import { occurrence } from "./occurrence";

/** What of a video element tells how far it has played. */
export interface Playhead extends EventTarget {
  readonly currentTime: number;
}

/** Puts segments which each start at 0 one behind the other into a source buffer. One caller at a time. */
export class AppendQueue {
  private segmentOpen = false;

  constructor(
    private readonly source: Pick<Source, "streaming"> & EventTarget,
    private readonly buffer: SourceBuffer,
    private readonly playhead: Playhead,
    private readonly signal: AbortSignal,
  ) {}

  /** Seconds until which there is something to play. */
  get end(): number {
    const { buffered } = this.buffer;
    return buffered.length === 0 ? 0 : buffered.end(buffered.length - 1);
  }

  beginSegment(): void {
    this.open(this.end);
  }

  /** The segment that broke off comes again from its start, and takes the place of what was there of it. */
  beginAgain(): void {
    this.open(this.buffer.timestampOffset);
  }

  endSegment(): void {
    this.segmentOpen = false;
  }

  /** Resolves when the bytes can be played. Throws when the browser cannot read them. */
  async append(bytes: ArrayBuffer): Promise<void> {
    await this.wanted();
    for (;;) {
      try {
        this.buffer.appendBuffer(bytes);
        break;
      } catch (error) {
        if (!(error instanceof DOMException && error.name === "QuotaExceededError")) throw error;
        await this.makeRoom();
      }
    }
    const event = await occurrence(this.buffer, ["updateend", "error"], this.signal);
    if (event.type === "error") throw new Error("The browser cannot read this video.");
  }

  private open(at: number): void {
    // The parser must not still wait for the rest of a segment that broke off.
    if (this.segmentOpen) this.buffer.abort();
    this.buffer.timestampOffset = at;
    this.segmentOpen = true;
  }

  /** A managed source says when it has enough; near the end of what it has it is given more all the same. */
  private async wanted(): Promise<void> {
    while (this.source.streaming === false && this.end - this.playhead.currentTime > MANAGED_AHEAD_SECONDS) {
      await occurrence([this.source, this.playhead], ["startstreaming", "timeupdate"], this.signal);
    }
  }

  private async makeRoom(): Promise<void> {
    const { buffered } = this.buffer;
    const start = buffered.length === 0 ? 0 : buffered.start(0);
    const played = this.playhead.currentTime - KEEP_BEHIND_SECONDS;
    if (played > start) {
      this.buffer.remove(start, played);
      await occurrence(this.buffer, ["updateend"], this.signal);
    } else {
      await occurrence(this.playhead, ["timeupdate"], this.signal);
    }
  }
}
