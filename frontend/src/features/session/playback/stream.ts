import { LONGEST_REFILL_SECONDS, REFILL_SECONDS, START_SECONDS } from "@/config/playback";
import { AppendQueue } from "./append-queue";
import { openStream, type Source } from "./media-source";
import { occurrence } from "./occurrence";

/** What may be left when a browser stops for want of more. Segments end in silence, so it is nothing to hear. */
const NEAR_END_SECONDS = 0.15;

interface StreamOptions {
  /** Where to begin, in seconds: what comes before it was heard already. */
  from: number;
  play: () => void;
  onDry: () => void;
}

/** Segments played as one, by a media source: while they are made, without a gap between them. */
export class Stream {
  private begun = false;
  private starving = false;
  private refill = REFILL_SECONDS / 2;

  private constructor(
    private readonly video: HTMLVideoElement,
    private readonly source: Source,
    private readonly queue: AppendQueue,
    private readonly signal: AbortSignal,
    private readonly options: StreamOptions,
  ) {
    video.addEventListener("waiting", () => this.ranDry(), { signal });
  }

  static async open(video: HTMLVideoElement, signal: AbortSignal, options: StreamOptions): Promise<Stream> {
    const { source, buffer } = await openStream(video, signal);
    return new Stream(video, source, new AppendQueue(source, buffer, video, signal), signal, options);
  }

  get positionMs(): number {
    return (this.begun ? this.video.currentTime : this.options.from) * 1_000;
  }

  get endMs(): number {
    return this.queue.end * 1_000;
  }

  beginSegment(again: boolean): void {
    if (again) this.queue.beginAgain();
    else this.queue.beginSegment();
  }

  /** Resolves when the bytes can be played. */
  async append(bytes: ArrayBuffer, last: boolean): Promise<void> {
    if (bytes.byteLength > 0) await this.queue.append(bytes);
    if (last) this.queue.endSegment();
    const wanted = this.starving ? this.refill : this.begun ? 0 : START_SECONDS;
    const ahead = this.ahead;
    // Floating point: two fragments of 0.16 and 0.24 seconds are enough.
    if (ahead >= wanted - 0.001 || (last && ahead > 0)) this.goOn();
  }

  /** No more will come. */
  finish(): void {
    if (this.source.readyState === "open") this.source.endOfStream();
  }

  /** Resolves when all that was appended has been played. */
  async played(): Promise<void> {
    while (this.ahead > NEAR_END_SECONDS && !this.video.ended) {
      if (this.starving || !this.begun) this.goOn();
      await occurrence(this.video, ["ended", "waiting", "timeupdate"], this.signal);
    }
    const rest = Math.max(0, this.ahead);
    if (rest > 0) await new Promise((resolve) => setTimeout(resolve, rest * 1_000));
    this.signal.throwIfAborted();
  }

  private get ahead(): number {
    return this.queue.end - this.positionMs / 1_000;
  }

  private goOn(): void {
    if (!this.begun && this.options.from > 0) this.video.currentTime = this.options.from;
    this.begun = true;
    this.starving = false;
    if (this.video.paused && !this.video.ended) this.options.play();
  }

  private ranDry(): void {
    // Before anything was played there is only little yet; with enough ahead only the decoder is slow.
    if (!this.begun || this.video.currentTime === 0 || this.ahead > NEAR_END_SECONDS) return;
    // Rather one longer pause than many short ones: it goes on when enough lies ahead.
    this.starving = true;
    this.refill = Math.min(this.refill * 2, LONGEST_REFILL_SECONDS);
    this.video.pause();
    this.options.onDry();
  }
}
