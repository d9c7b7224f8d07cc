/** A source buffer in which one byte lasts 10 ms. */
export class FakeSourceBuffer extends EventTarget {
  static bytesOf(seconds: number): ArrayBuffer {
    return new ArrayBuffer(Math.round(seconds * 100));
  }

  timestampOffset = 0;
  mode = "segments";
  aborted = 0;
  start = 0;
  private end = 0;
  /** Seconds that fit. */
  room = Infinity;
  broken = false;

  get buffered(): TimeRanges {
    return { length: this.end > this.start ? 1 : 0, start: () => this.start, end: () => this.end };
  }

  appendBuffer(bytes: ArrayBuffer): void {
    const seconds = bytes.byteLength / 100;
    if (this.end - this.start + seconds > this.room) throw new DOMException("full", "QuotaExceededError");
    this.end += seconds;
    this.tell(this.broken ? "error" : "updateend");
  }

  remove(_from: number, to: number): void {
    this.start = to;
    this.tell("updateend");
  }

  abort(): void {
    this.aborted++;
  }

  asSourceBuffer(): SourceBuffer {
    return this as unknown as SourceBuffer;
  }

  private tell(name: string): void {
    queueMicrotask(() => this.dispatchEvent(new Event(name)));
  }
}

/** A media source that opens as soon as a video has it. */
export class FakeMediaSource extends EventTarget {
  static last: FakeMediaSource | null = null;
  static isTypeSupported = () => true;

  readyState = "closed";
  readonly buffer = new FakeSourceBuffer();

  constructor() {
    super();
    FakeMediaSource.last = this;
    queueMicrotask(() => {
      this.readyState = "open";
      this.dispatchEvent(new Event("sourceopen"));
    });
  }

  addSourceBuffer(): FakeSourceBuffer {
    return this.buffer;
  }

  endOfStream(): void {
    this.readyState = "ended";
  }
}

/** A media element that plays only as far as the test lets it. */
export class FakeVideo extends EventTarget {
  currentTime = 0;
  paused = true;
  ended = false;
  readyState = 4;
  src = "";
  volume = 1;
  preload = "";
  readonly dataset: Record<string, string> = {};
  /** What play() rejects with, if it shall. */
  refusal: DOMException | null = null;
  private frame: ((at: number) => void) | null = null;

  play(): Promise<void> {
    if (this.refusal) return Promise.reject(this.refusal);
    this.paused = false;
    return Promise.resolve();
  }

  pause(): void {
    this.paused = true;
  }

  load(): void {
    this.currentTime = 0;
  }

  removeAttribute(): void {
    this.src = "";
  }

  requestVideoFrameCallback(callback: (at: number) => void): void {
    this.frame = callback;
  }

  /** Present a picture of that second. */
  present(second: number, at = second * 1_000): void {
    this.currentTime = second;
    const callback = this.frame;
    this.frame = null;
    callback?.(at);
  }

  happen(name: string): void {
    this.dispatchEvent(new Event(name));
  }

  asVideo(): HTMLVideoElement {
    return this as unknown as HTMLVideoElement;
  }
}
