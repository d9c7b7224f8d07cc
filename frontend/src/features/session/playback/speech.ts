import { Channel } from "./channel";
import { Clips } from "./clips";
import { watchFrames } from "./frames";
import { canStream } from "./media-source";
import type { ClipPart, FragmentPart, Part } from "./parts";
import { noCaption, Script, type Caption } from "./script";
import { Stream } from "./stream";

/** Who shows what is spoken. */
export interface Stage {
  /** That element has presented a picture. */
  onPicture: (video: HTMLVideoElement) => void;
  /** Nothing moves for a while: between segments that are late, or while only the voice goes on. */
  onPause: () => void;
  /** It ran dry: what is to be played comes too slowly. */
  onDry: () => void;
  /** So many more milliseconds can be played. */
  onGain: (ms: number) => void;
  onCaption: (caption: Caption, voiceOnly: boolean) => void;
  /** The browser wants a gesture before it plays sound. */
  onBlocked: () => void;
  onEnd: (failure: unknown) => void;
}

/** The playing of one turn's reply: streamed segments and clips, in the order in which they are pushed. */
export class Speech {
  private readonly parts = new Channel<Part>();
  private readonly script = new Script();
  private readonly stopping = new AbortController();
  private readonly files = new Map<ClipPart, Promise<ArrayBuffer>>();
  private readonly clips: Clips;
  private stream: Stream | null = null;
  private voiceOnly = false;
  private segment = { number: -1, index: -1, complete: true };

  /** `startMs`: what comes before it was heard already. The first element streams, all of them play clips. */
  constructor(
    readonly turnId: string,
    private readonly videos: readonly [HTMLVideoElement, HTMLVideoElement],
    private readonly stage: Stage,
    private readonly startMs = 0,
  ) {
    const { signal } = this.stopping;
    // A stream keeps its element until the end.
    const free = () => (this.stream === null ? videos : videos.slice(1));
    this.clips = new Clips(free, signal, (element) => this.play(element));
    for (const video of videos) {
      video.addEventListener("timeupdate", () => this.tellCaption(), { signal });
      watchFrames(video, signal, () => this.framePresented(video));
    }
    this.follow();
    this.run().then(
      () => this.end(null),
      (error: unknown) => {
        if (!signal.aborted) this.end(error);
      },
    );
  }

  push(part: Part): void {
    if (!this.isNew(part)) return;
    if (part.kind === "clip" && part.videoUrl !== null && canStream()) this.fetchFile(part, part.videoUrl);
    this.parts.push(part);
    this.prepareNext();
  }

  /** No more parts will come. */
  finish(): void {
    this.parts.close();
  }

  /** Nothing more is begun; the caller silences the elements. */
  stop(): { heardMs: number; heard: string } {
    const heardMs = Math.round(Math.max(this.startMs, this.positionMs));
    this.stopping.abort();
    this.parts.close();
    return { heardMs, heard: this.script.heard(heardMs) };
  }

  /** Play on, after a gesture. */
  unlock(): void {
    this.play(this.clips.playing ?? this.videos[0]);
  }

  /** Heard so far, in milliseconds of the reply. */
  get positionMs(): number {
    return this.clips.positionMs + (this.stream?.positionMs ?? 0);
  }

  private end(failure: unknown): void {
    this.stopping.abort(); // the elements are the next one's
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
    // Whoever begins to listen in the middle of a segment waits for the next one.
    if (part.segment !== number && part.index !== 0) return false;
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
    this.stream?.finish();
    await this.stream?.played();
  }

  private async append({ segment, index, content, words, bytes, last }: FragmentPart): Promise<void> {
    const stream = (this.stream ??= await this.openStream());
    if (index === 0) {
      stream.beginSegment(false);
      this.script.begin(segment, content, words);
    }
    const before = stream.endMs;
    await stream.append(bytes, last);
    this.stage.onGain(stream.endMs - before);
    this.script.extend(this.clips.positionMs + stream.endMs);
  }

  private openStream(): Promise<Stream> {
    const [video] = this.videos;
    return Stream.open(video, this.stopping.signal, {
      from: Math.max(0, this.startMs - this.clips.positionMs) / 1_000,
      play: () => this.play(video),
      onDry: () => {
        this.stage.onDry();
        this.stage.onPause();
      },
    });
  }

  private async playClip(clip: ClipPart): Promise<void> {
    const bytes = await this.files.get(clip)?.catch(() => null); // its sound by address may still be had
    this.files.delete(clip);
    this.stopping.signal.throwIfAborted();
    if (bytes != null) await this.appendFile(clip, bytes);
    else await this.playAddress(clip);
  }

  private fetchFile(clip: ClipPart, url: string): void {
    const file = fetch(url, { signal: this.stopping.signal }).then((response) => {
      if (!response.ok) throw new Error(`A segment cannot be had: ${response.status}`);
      return response.arrayBuffer();
    });
    file.catch(() => undefined); // told when it is its turn
    this.files.set(clip, file);
  }

  private async appendFile({ segment, content, words }: ClipPart, bytes: ArrayBuffer): Promise<void> {
    const stream = (this.stream ??= await this.openStream());
    stream.beginSegment(this.script.has(segment));
    this.script.begin(segment, content, words);
    await stream.append(bytes, true);
    this.script.extend(this.clips.positionMs + stream.endMs);
  }

  private async playAddress(clip: ClipPart): Promise<void> {
    await this.stream?.played();
    const startMs = this.script.endMs;
    this.script.begin(clip.segment, clip.content, clip.words);
    this.script.extend(startMs + clip.durationMs);
    if (this.script.endMs <= this.startMs) {
      this.clips.skip(clip);
      return;
    }
    this.voiceOnly = clip.videoUrl === null || this.stream !== null;
    if (this.voiceOnly) this.stage.onPause();
    const shown = this.clips.show(this.stream === null ? clip : { ...clip, videoUrl: null }, (this.startMs - startMs) / 1_000);
    this.tellCaption();
    this.prepareNext();
    await shown;
    this.voiceOnly = false;
  }

  private prepareNext(): void {
    const { next } = this.parts;
    if (this.clips.playing !== null && this.stream === null && next?.kind === "clip" && !this.files.has(next)) {
      this.clips.prepare(next);
    }
  }

  private play(media: HTMLMediaElement): void {
    media.play().catch((error: unknown) => {
      if (this.stopping.signal.aborted) return;
      // The others tell that a pause or a new source came between, which was our own doing.
      if (error instanceof DOMException && error.name === "NotAllowedError") this.stage.onBlocked();
    });
  }

  private framePresented(video: HTMLVideoElement): void {
    // The very first picture is there before there is enough to play on: that would be a frozen face.
    if (video.paused || video.readyState < HTMLMediaElement.HAVE_FUTURE_DATA) return;
    this.stage.onPicture(video);
    this.tellCaption();
  }

  /** `timeupdate` comes four times a second, which is too coarse for words. */
  private follow(): void {
    const next = () => {
      if (this.stopping.signal.aborted) return;
      this.tellCaption();
      requestAnimationFrame(next);
    };
    requestAnimationFrame(next);
  }

  private tellCaption(): void {
    const { positionMs } = this;
    // Nothing is said before the first sound.
    const caption = positionMs > 0 ? this.script.at(positionMs) : noCaption;
    this.stage.onCaption(caption, this.voiceOnly);
  }
}
