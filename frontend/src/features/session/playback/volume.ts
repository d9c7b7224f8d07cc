/** How loud elements are played, from 0 to 1. */
export interface Volume {
  /** At once. */
  set: (volume: number) => void;
  /** A fade in progress is given up. */
  fade: (volume: number, ms: number) => void;
}

const STEP_MS = 10;
/** After so many time constants a fade is 35 decibels from where it began. */
const NEARNESS = 4;

/** By the elements' own volume, in steps. */
export class ElementVolume implements Volume {
  private fading: ReturnType<typeof setInterval> | undefined;
  private volume = 1;

  constructor(private readonly elements: readonly HTMLMediaElement[]) {}

  set(volume: number): void {
    clearInterval(this.fading);
    this.apply(volume);
  }

  fade(volume: number, ms: number): void {
    clearInterval(this.fading);
    let left = Math.max(1, Math.round(ms / STEP_MS));
    this.fading = setInterval(() => {
      this.apply(this.volume + (volume - this.volume) / left--);
      if (left === 0) clearInterval(this.fading);
    }, STEP_MS);
  }

  private apply(volume: number): void {
    this.volume = Math.min(1, Math.max(0, volume));
    for (const element of this.elements) element.volume = this.volume;
  }
}

/** In the graph that their sound takes: by the clock of the sound, whatever else the page has to do. */
export class GraphVolume implements Volume {
  constructor(private readonly gain: GainNode) {}

  set(volume: number): void {
    const { gain, context } = this.gain;
    gain.setValueAtTime(volume, context.currentTime);
  }

  // Towards a target a fade begins where the last one is, which not every browser tells.
  fade(volume: number, ms: number): void {
    const { gain, context } = this.gain;
    gain.setTargetAtTime(volume, context.currentTime, ms / 1_000 / NEARNESS);
  }
}
