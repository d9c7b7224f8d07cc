import workletUrl from "./level-worklet.js?url&no-inline";

/** A silence in decibels: there is nothing to measure. */
export const SILENCE_DB = -100;

const STEP_MS = 10;

/** Loudness of samples between -1 and 1, in decibels below the loudest possible. */
export function decibels(samples: Float32Array): number {
  return decibelsOf(samples.reduce((sum, sample) => sum + sample * sample, 0) / Math.max(1, samples.length));
}

function decibelsOf(power: number): number {
  return power === 0 ? SILENCE_DB : Math.max(SILENCE_DB, 10 * Math.log10(power));
}

// An element can be taken into a graph once in its life, and by one graph only.
const taken = new WeakMap<HTMLMediaElement, MediaElementAudioSourceNode>();

/** What the page sounds like: how loud it is now, and how it is faded. */
export class Sound {
  private context: AudioContext | null = null;
  private loud = SILENCE_DB;
  private fading: ReturnType<typeof setInterval> | undefined;
  private volume = 1;

  constructor(private elements: readonly HTMLMediaElement[]) {}

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
    for (const element of this.elements) {
      if (taken.has(element)) continue;
      const node = context.createMediaElementSource(element);
      taken.set(element, node);
      node.connect(context.destination);
      node.connect(meter);
    }
  }

  /** How loud the page is now, in decibels. SILENCE_DB where it is not measured. */
  level(): number {
    return this.loud;
  }

  /** Fade to that volume (0 to 1), then call back. A fade in progress is given up. */
  fade(volume: number, ms: number, done: () => void = () => undefined): void {
    clearInterval(this.fading);
    const steps = Math.max(1, Math.round(ms / STEP_MS));
    const step = (volume - this.volume) / steps;
    let left = steps;
    this.fading = setInterval(() => {
      left--;
      this.set(left === 0 ? volume : this.volume + step);
      if (left > 0) return;
      clearInterval(this.fading);
      done();
    }, STEP_MS);
  }

  /** As loud as ever, at once. */
  restore(): void {
    clearInterval(this.fading);
    this.set(1);
  }

  private set(volume: number): void {
    this.volume = Math.min(1, Math.max(0, volume));
    for (const element of this.elements) element.volume = this.volume;
  }
}
