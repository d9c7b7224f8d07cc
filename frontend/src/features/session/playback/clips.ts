import { occurrence } from "./occurrence";
import type { ClipPart } from "./parts";

function addressOf({ videoUrl, audioUrl }: ClipPart): string {
  const url = videoUrl ?? audioUrl;
  if (url === null) throw new Error("A segment without a picture and without sound cannot be played.");
  return url;
}

/** Whole segments played by address, by two elements in turn: while one plays, the other one loads the next. */
export class Clips {
  /** Played so far, all but the one that plays. */
  private beforeMs = 0;
  private current: HTMLVideoElement | null = null;
  private readonly loaded = new Map<HTMLVideoElement, string>();
  private turn = 0;

  constructor(
    private readonly elements: () => readonly HTMLVideoElement[],
    private readonly signal: AbortSignal,
    private readonly play: (element: HTMLVideoElement) => void,
  ) {}

  get playing(): HTMLVideoElement | null {
    return this.current;
  }

  get positionMs(): number {
    return this.beforeMs + (this.current?.currentTime ?? 0) * 1_000;
  }

  /** It comes next. */
  prepare(clip: ClipPart): void {
    const element = this.nextElement();
    if (element !== this.current) this.load(element, clip);
  }

  /** Resolves when it has been played, from that second of it. */
  async show(clip: ClipPart, from: number): Promise<void> {
    const element = this.nextElement();
    this.turn++;
    this.load(element, clip);
    this.loaded.delete(element);
    if (from > 0) element.currentTime = from;
    this.current = element;
    this.play(element);
    const event = await occurrence(element, ["ended", "error"], this.signal);
    this.current = null;
    this.beforeMs += clip.durationMs;
    if (event.type === "error") throw new Error("The sound of this reply cannot be played.");
  }

  /** It was heard already. */
  skip(clip: ClipPart): void {
    this.beforeMs += clip.durationMs;
  }

  private nextElement(): HTMLVideoElement {
    const elements = this.elements();
    const element = elements[this.turn % elements.length];
    if (element === undefined) throw new Error("There is no element to play with.");
    return element;
  }

  private load(element: HTMLVideoElement, clip: ClipPart): void {
    const address = addressOf(clip);
    if (this.loaded.get(element) === address) return;
    this.loaded.set(element, address);
    element.preload = "auto";
    element.src = address;
  }
}
