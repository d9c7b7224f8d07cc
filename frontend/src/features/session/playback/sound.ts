import workletUrl from "./level-worklet.js?url&no-inline";
import { ElementVolume, GraphVolume, type Volume } from "./volume";

/** A silence in decibels: there is nothing to measure. */
export const SILENCE_DB = -100;

/** Loudness of samples between -1 and 1, in decibels below the loudest possible. */
export function decibels(samples: Float32Array): number {
  return decibelsOf(samples.reduce((sum, sample) => sum + sample * sample, 0) / Math.max(1, samples.length));
}

function decibelsOf(power: number): number {
  return power === 0 ? SILENCE_DB : Math.max(SILENCE_DB, 10 * Math.log10(power));
}

// An element can be taken into a graph once in its life, and by one graph only.
const known = new WeakMap<HTMLMediaElement, Sound>();

/** What the page sounds like: how loud it is now, and how it is faded. */
export class Sound {
  private context: AudioContext | null = null;
  private loud = SILENCE_DB;
  private volume: Volume;
  private fading: ReturnType<typeof setTimeout> | undefined;

  private constructor(private readonly elements: readonly HTMLMediaElement[]) {
    this.volume = new ElementVolume(elements);
  }

  static of(elements: readonly [HTMLMediaElement, ...HTMLMediaElement[]]): Sound {
    const sound = known.get(elements[0]) ?? new Sound(elements);
    known.set(elements[0], sound);
    return sound;
  }

  /** Measure from now on. To be called after a gesture: until the browser lets sound out, nothing would be heard. */
  async measure(): Promise<void> {
    if (this.context !== null) return;
    const context = new AudioContext();
    this.context = context;
    await context.resume();
    await context.audioWorklet.addModule(workletUrl);
    const meter = new AudioWorkletNode(context, "level", { numberOfOutputs: 0, channelCount: 1, channelCountMode: "explicit" });
    meter.port.onmessage = ({ data }: MessageEvent<number>) => {
      this.loud = decibelsOf(data);
    };
    const gain = context.createGain();
    for (const element of this.elements) context.createMediaElementSource(element).connect(gain);
    gain.connect(context.destination);
    gain.connect(meter);
    this.restore();
    this.volume = new GraphVolume(gain);
  }

  /** How loud the page is now, in decibels. SILENCE_DB where it is not measured. */
  level(): number {
    return this.loud;
  }

  /** Fade to that volume (0 to 1), then call back. A fade in progress is given up. */
  fade(volume: number, ms: number, done: () => void = () => undefined): void {
    clearTimeout(this.fading);
    this.volume.fade(volume, ms);
    this.fading = setTimeout(done, ms);
  }

  /** As loud as ever, at once. */
  restore(): void {
    clearTimeout(this.fading);
    this.volume.set(1);
  }
}
