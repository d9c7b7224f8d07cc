import { MAX_AUDIO_BYTES } from "@/config/limits";
import { MicrophoneError, onLost, openMicrophone, release } from "./microphone";

const TYPES = ["audio/webm;codecs=opus", "audio/mp4", "audio/ogg;codecs=opus"];

/** One utterance being recorded. The microphone is open only as long as it lasts. */
export class Recording {
  private readonly chunks: Blob[] = [];
  private readonly stopped: Promise<unknown>;

  private constructor(
    readonly stream: MediaStream,
    private readonly recorder: MediaRecorder,
  ) {
    this.stopped = new Promise((resolve) => recorder.addEventListener("stop", resolve, { once: true }));
    recorder.ondataavailable = (event) => this.chunks.push(event.data);
    recorder.start();
  }

  /** Asks for permission if need be. `lost`: the microphone is gone; what was said until then can be had. */
  static async start(chosen: string | null, lost: () => void): Promise<Recording> {
    if ("mediaDevices" in navigator && typeof MediaRecorder === "undefined") throw new MicrophoneError("microphone_unsupported");
    const stream = await openMicrophone(chosen);
    const mimeType = TYPES.find((type) => MediaRecorder.isTypeSupported(type));
    const recording = new Recording(stream, new MediaRecorder(stream, mimeType === undefined ? {} : { mimeType }));
    onLost(stream, lost);
    return recording;
  }

  /** Throws MicrophoneError when it came out too large to send. */
  async finish(): Promise<Blob> {
    // It stops by itself when its microphone is gone.
    if (this.recorder.state !== "inactive") this.recorder.stop();
    await this.stopped;
    release(this.stream);
    const blob = new Blob(this.chunks, { type: this.recorder.mimeType });
    if (blob.size > MAX_AUDIO_BYTES) throw new MicrophoneError("audio_too_large");
    return blob;
  }

  cancel(): void {
    this.recorder.ondataavailable = null;
    if (this.recorder.state !== "inactive") this.recorder.stop();
    release(this.stream);
  }
}
