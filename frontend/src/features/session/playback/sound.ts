/** A silence in decibels: there is nothing to measure. */
export const SILENCE_DB = -100;

const STEP_MS = 10;

/** Loudness of samples between -1 and 1, in decibels below the loudest possible. */
export function decibels(samples: Float32Array): number {
  const power = samples.reduce((sum, sample) => sum + sample * sample, 0) / Math.max(1, samples.length);
  return power === 0 ? SILENCE_DB : Math.max(SILENCE_DB, 10 * Math.log10(power));
}

// An element can be taken into a graph once in its life, and by one graph only.
const taken = new WeakMap<HTMLMediaElement, MediaElementAudioSourceNode>();

/** What the page sounds like: how loud it is now, and how it is faded. */
export class Sound {
  private context: AudioContext | null = null;
  private analyser: AnalyserNode | null = null;
  private samples = new Float32Array(0);
  private fading: ReturnType<typeof setInterval> | undefined;
  private volume = 1;

  constructor(private elements: readonly HTMLMediaElement[]) {}

  /** Measure from now on. To be called after a gesture: until the browser lets sound out, nothing would be heard. */
  async measure(): Promise<void> {
    if (this.context !== null) return;
    const context = new AudioContext();
    await context.resume();
    const analyser = context.createAnalyser();
    analyser.fftSize = 2_048;
    analyser.connect(context.destination);
    for (const element of this.elements) {
      if (taken.has(element)) continue;
      const node = context.createMediaElementSource(element);
      taken.set(element, node);
      node.connect(analyser);
    }
    this.context = context;
    this.analyser = analyser;
    this.samples = new Float32Array(analyser.fftSize);
  }

  /** How loud the page is now, in decibels. SILENCE_DB where it is not measured. */
  level(): number {
    if (this.analyser === null) return SILENCE_DB;
    this.analyser.getFloatTimeDomainData(this.samples);
    return decibels(this.samples);
  }

  get measured(): boolean {
    return this.analyser !== null;
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
