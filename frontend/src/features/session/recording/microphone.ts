import { MAX_AUDIO_BYTES } from "@/config/limits";
import type { ProblemCode } from "@/i18n/problem-words";

const TYPES = ["audio/webm;codecs=opus", "audio/mp4", "audio/ogg;codecs=opus"];

/** Why there is no recording. */
export class MicrophoneError extends Error {
  constructor(readonly code: ProblemCode) {
    super(code);
  }
}

function codeFor(error: unknown): ProblemCode {
  switch (error instanceof DOMException ? error.name : "") {
    case "NotAllowedError":
    case "SecurityError":
      return "microphone_blocked";
    case "NotFoundError":
    case "OverconstrainedError":
      return "microphone_absent";
    case "NotReadableError":
    case "AbortError":
      return "microphone_busy";
    default:
      return "microphone_failed";
  }
}

async function openMicrophone(): Promise<MediaStream> {
  // Browsers hide devices from pages that come over plain HTTP from another machine.
  if (!("mediaDevices" in navigator) || typeof MediaRecorder === "undefined") {
    throw new MicrophoneError(isSecureContext ? "microphone_unsupported" : "microphone_insecure");
  }
  try {
    return await navigator.mediaDevices.getUserMedia({
      audio: { echoCancellation: true, noiseSuppression: true, autoGainControl: true, channelCount: 1 },
    });
  } catch (error) {
    throw new MicrophoneError(codeFor(error));
  }
}

/** One utterance being recorded. The microphone is open only as long as it lasts. */
export class Recording {
  private readonly chunks: Blob[] = [];

  private constructor(
    readonly stream: MediaStream,
    private readonly recorder: MediaRecorder,
  ) {
    recorder.ondataavailable = (event) => this.chunks.push(event.data);
    recorder.start();
  }

  /** Asks for permission if need be. Throws MicrophoneError. */
  static async start(): Promise<Recording> {
    const stream = await openMicrophone();
    const mimeType = TYPES.find((type) => MediaRecorder.isTypeSupported(type));
    return new Recording(stream, new MediaRecorder(stream, mimeType === undefined ? {} : { mimeType }));
  }

  /** Throws MicrophoneError when it came out too large to send. */
  async finish(): Promise<Blob> {
    const stopped = new Promise((resolve) => this.recorder.addEventListener("stop", resolve, { once: true }));
    this.recorder.stop();
    await stopped;
    this.release();
    const blob = new Blob(this.chunks, { type: this.recorder.mimeType });
    if (blob.size > MAX_AUDIO_BYTES) throw new MicrophoneError("audio_too_large");
    return blob;
  }

  cancel(): void {
    this.recorder.ondataavailable = null;
    if (this.recorder.state !== "inactive") this.recorder.stop();
    this.release();
  }

  private release(): void {
    for (const track of this.stream.getTracks()) track.stop();
  }
}
