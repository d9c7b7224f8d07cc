import { LONGEST_REFILL_SECONDS, REFILL_SECONDS, START_SECONDS } from "@/config/playback";
import { AppendQueue } from "./append-queue";
import { Channel } from "./channel";
import { watchFrames } from "./frames";
import { openStream } from "./media-source";
import { occurrence } from "./occurrence";
import { Script } from "./script";

/** What may be left when a browser stops for want of more. Segments end in silence, so it is nothing to hear. */
const NEAR_END_SECONDS = 0.15;

export type Part =
  | { kind: "fragment"; segment: number; index: number; content: string; last: boolean; bytes: ArrayBuffer }
  /** A whole segment by address; without a picture where its video could not be made. */
  | { kind: "clip"; segment: number; content: string; url: string; picture: boolean; durationMs: number };

/** Who shows what is spoken. */
export interface Stage {
  onPicture: () => void;
  /** Nothing moves for a while: between segments that are late, or while only the voice goes on. */
  onPause: () => void;
  onCaption: (text: string, voiceOnly: boolean) => void;
  /** The browser wants a gesture before it plays sound. */
  onBlocked: () => void;
  onEnd: (failure: unknown) => void;
}

/** The playing of one turn's reply: streamed segments and clips, in the order in which they are pushed. */
export class Speech {
  private readonly parts = new Channel<Part>();
  private readonly script = new Script();
  private readonly stopping = new AbortController();
  private stream: { source: MediaSource; queue: AppendQueue } | null = null;
  private clip: HTMLMediaElement | null = null;
  /** Played by clips so far; the rest is the stream's time. */
  private clipsMs = 0;
  private begun = false;
  private starving = false;
  private refill = REFILL_SECONDS / 2;
  private segment = { number: -1, index: -1, complete: true };
  private lastFrameAt: number | null = null;

  constructor(
    readonly turnId: string,
    private readonly video: HTMLVideoElement,
    private readonly stage: Stage,
  ) {
    const { signal } = this.stopping;
    video.dataset.longestGapMs = "0";
    video.addEventListener("waiting", () => this.ranDry(), { signal });
    video.addEventListener("timeupdate", () => this.tellCaption(), { signal });
    // A hidden page presents no pictures, which is no fault.
    document.addEventListener("visibilitychange", () => (this.lastFrameAt = null), { signal });
    watchFrames(video, signal, (at) => this.framePresented(at));
    this.run().then(
      () => this.end(null),
      (error: unknown) => {
        if (!signal.aborted) this.end(error);
      },
    );
  }

  push(part: Part): void {
    if (this.isNew(part)) this.parts.push(part);
  }

  /** No more parts will come. */
  finish(): void {
    this.parts.close();
  }

  /** Silence, now. */
  stop(): { heardMs: number; heard: string } {
    const heardMs = Math.round(this.positionMs);
    this.stopping.abort();
    this.parts.close();
    this.video.pause();
    this.clip?.pause();
    return { heardMs, heard: this.script.heard(heardMs) };
  }

  /** Play on, after a gesture. */
  unlock(): void {
    this.play(this.clip ?? this.video);
  }

  private get positionMs(): number {
    const streamed = this.stream === null ? 0 : this.video.currentTime * 1_000;
    return this.clipsMs + streamed + (this.clip?.currentTime ?? 0) * 1_000;
  }

  private end(failure: unknown): void {
    this.stopping.abort(); // the video is the next one's
    this.stage.onEnd(failure);
  }

  // After a reconnection the running turn is told again from its first message.
  private isNew(part: Part): boolean {
    const { number, index, complete } = this.segment;
    if (part.segment < number || (part.segment === number && complete)) return false;
    if (part.kind === "clip") {
      this.segment = { number: part.segment, index: -1, complete: true };
      return true;
    }
    const brokenOff = part.index < 0;
    if (part.segment === number && part.index <= index && !brokenOff) return false;
    this.segment = { number: part.segment, index: part.index, complete: part.last };
    return true;
  }

  private async run(): Promise<void> {
    for await (const part of this.parts) {
      this.stopping.signal.throwIfAborted();
      if (part.kind === "fragment") await this.append(part);
      else await this.playClip(part);
    }
    this.stopping.signal.throwIfAborted();
    if (this.stream?.source.readyState === "open") this.stream.source.endOfStream();
    await this.streamPlayed();
  }

  private async append(part: Part & { kind: "fragment" }): Promise<void> {
    const { queue } = (this.stream ??= await this.open());
    if (part.index === 0) {
      queue.beginSegment();
      this.script.begin(part.content);
    }
    if (part.bytes.byteLength > 0) await queue.append(part.bytes);
    if (part.last) queue.endSegment();
    this.script.extend(this.clipsMs + queue.end * 1_000);
    const wanted = this.starving ? this.refill : this.begun ? 0 : START_SECONDS;
    // Floating point: two fragments of 0.16 and 0.24 seconds are enough.
    if (queue.end - this.video.currentTime >= wanted - 0.001 || part.last) this.playStream();
  }

  private async open(): Promise<{ source: MediaSource; queue: AppendQueue }> {
    const { source, buffer } = await openStream(this.video, this.stopping.signal);
    return { source, queue: new AppendQueue(buffer, this.video, this.stopping.signal) };
  }

  private async playClip(part: Part & { kind: "clip" }): Promise<void> {
    await this.streamPlayed();
    this.script.begin(part.content);
    this.script.extend(this.script.endMs + part.durationMs);
    const clip = part.picture ? this.video : new Audio();
    if (!part.picture) this.stage.onPause();
    clip.src = part.url;
    this.clip = clip;
    this.stage.onCaption(part.content, !part.picture);
    this.play(clip);
    const event = await occurrence(clip, ["ended", "error"], this.stopping.signal);
    this.clip = null;
    this.lastFrameAt = null;
    this.clipsMs += part.durationMs;
    if (event.type === "error") throw new Error("The sound of this reply cannot be played.");
  }

  private playStream(): void {
    this.begun = true;
    this.starving = false;
    if (this.video.paused && !this.video.ended) this.play(this.video);
  }

  private play(media: HTMLMediaElement): void {
    media.play().catch((error: unknown) => {
      if (this.stopping.signal.aborted) return;
      // The others tell that a pause or a new source came between, which was our own doing.
      if (error instanceof DOMException && error.name === "NotAllowedError") this.stage.onBlocked();
    });
  }

  private ranDry(): void {
    if (this.stream === null || this.clip !== null || this.lastFrameAt === null) return;
    if (this.stream.queue.end - this.video.currentTime > NEAR_END_SECONDS) return; // only a slow decoder
    // Rather one longer pause than many short ones: it goes on when enough lies ahead.
    this.starving = true;
    this.refill = Math.min(this.refill * 2, LONGEST_REFILL_SECONDS);
    this.video.pause();
    this.stage.onPause();
  }

  /** Resolves when all that was appended has been played. */
  private async streamPlayed(): Promise<void> {
    if (this.stream === null) return;
    const { queue } = this.stream;
    const left = () => queue.end - this.video.currentTime;
    while (left() > NEAR_END_SECONDS && !this.video.ended) {
      if (this.starving || !this.begun) this.playStream();
      await occurrence(this.video, ["ended", "waiting", "timeupdate"], this.stopping.signal);
    }
    const rest = Math.max(0, left());
    if (rest > 0) await new Promise((resolve) => setTimeout(resolve, rest * 1_000));
    this.stopping.signal.throwIfAborted();
  }

  private framePresented(at: number): void {
    // The very first picture is there before there is enough to play on: that would be a frozen face.
    if (this.video.paused || this.video.readyState < HTMLMediaElement.HAVE_FUTURE_DATA) return;
    const gap = at - (this.lastFrameAt ?? at);
    this.video.dataset.longestGapMs = String(Math.max(Number(this.video.dataset.longestGapMs), Math.round(gap)));
    this.lastFrameAt = at;
    this.stage.onPicture();
    this.tellCaption();
  }

  private tellCaption(): void {
    if (this.clip === null && this.stream !== null) this.stage.onCaption(this.script.at(this.positionMs), false);
  }
}
