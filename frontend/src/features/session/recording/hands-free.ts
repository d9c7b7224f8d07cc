import { decibels } from "../playback/sound";
import { cancelsEcho, onLost, openMicrophone, release } from "./microphone";
import { VoiceDetector, type Heard } from "./voice-detector";
import type { VoiceModel } from "./voice-model";

interface Surroundings {
  microphone: string | null;
  tutorSpeaks: () => boolean;
  /** How loud the page is, in decibels. */
  playbackDb: () => number;
  onHeard: (heard: Heard) => void;
  onLost: () => void;
}

/** A microphone that is open all the time, and what is heard by it. */
export class HandsFree {
  private readonly detector: VoiceDetector;
  private work = Promise.resolve();

  private constructor(
    readonly stream: MediaStream,
    private readonly context: AudioContext,
    private readonly model: VoiceModel,
    private readonly surroundings: Surroundings,
  ) {
    this.detector = new VoiceDetector({ echoCancelled: cancelsEcho(stream) });
  }

  /** Asks for permission if need be. Throws MicrophoneError, or whatever kept the model from loading. */
  static async start(surroundings: Surroundings): Promise<HandsFree> {
    const stream = await openMicrophone(surroundings.microphone);
    let context: AudioContext | null = null;
    try {
      const { frameNode, loadVoiceModel } = await import("./voice-model");
      const model = await loadVoiceModel();
      context = new AudioContext();
      const listening = new HandsFree(stream, context, model, surroundings);
      const node = await frameNode(context, (samples) => listening.take(samples));
      context.createMediaStreamSource(stream).connect(node);
      await context.resume();
      onLost(stream, () => surroundings.onLost());
      navigator.mediaDevices.addEventListener("devicechange", listening.deviceChanged);
      return listening;
    } catch (error) {
      release(stream);
      await context?.close();
      throw error;
    }
  }

  /** What was being said is heard to here. */
  async stop(): Promise<void> {
    navigator.mediaDevices.removeEventListener("devicechange", this.deviceChanged);
    release(this.stream);
    await this.context.close();
    await this.work;
    this.tell(this.detector.flush());
    await this.model.release();
  }

  private readonly deviceChanged = () => this.detector.forget();

  private take(samples: Float32Array): void {
    // Both are of this moment, whenever the model gets round to the frame.
    const playbackDb = this.surroundings.playbackDb();
    const tutorSpeaks = this.surroundings.tutorSpeaks();
    this.work = this.work.then(async () => {
      const speech = await this.model.speech(samples);
      this.tell(this.detector.hear({ samples, speech, microphoneDb: decibels(samples), playbackDb, tutorSpeaks }));
    });
  }

  private tell(heard: Heard | null): void {
    if (heard !== null) this.surroundings.onHeard(heard);
  }
}
