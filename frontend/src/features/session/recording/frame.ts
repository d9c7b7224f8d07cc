export const FRAME_SAMPLES = 512;
export const SAMPLE_RATE = 16_000;
export const FRAME_MS = (FRAME_SAMPLES / SAMPLE_RATE) * 1_000;

export const frames = (ms: number): number => Math.round(ms / FRAME_MS);

/** What is heard, and known, of 32 ms. */
export interface Frame {
  samples: Float32Array;
  /** How sure the model is that somebody speaks, from 0 to 1. */
  speech: number;
  /** What the microphone hears, and what the page plays, in decibels. */
  microphoneDb: number;
  playbackDb: number;
  /** Is the tutor speaking? */
  tutorSpeaks: boolean;
}
