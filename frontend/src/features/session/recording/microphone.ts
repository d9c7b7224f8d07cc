import { MAX_AUDIO_BYTES } from "@/config/limits";

const TYPES = ["audio/webm;codecs=opus", "audio/mp4", "audio/ogg;codecs=opus"];

/** Why there is no recording, in words that help. */
export class MicrophoneError extends Error {}

function wordsFor(error: unknown): string {
  switch (error instanceof DOMException ? error.name : "") {
    case "NotAllowedError":
    case "SecurityError":
      return "The microphone is blocked for this page. Allow it in the address bar's site settings, then try again.";
    case "NotFoundError":
    case "OverconstrainedError":
      return "No microphone was found. Plug one in, or type your question.";
    case "NotReadableError":
    case "AbortError":
      return "Another program is using the microphone. Close it and try again.";
    default:
      return "The microphone could not be started. You can type your question instead.";
  }
}

async function openMicrophone(): Promise<MediaStream> {
  // Browsers hide devices from pages that come over plain HTTP from another machine.
  if (!("mediaDevices" in navigator) || typeof MediaRecorder === "undefined") {
    throw new MicrophoneError(
      isSecureContext
        ? "This browser cannot record. You can type your question instead."
        : "The microphone works only over a secure connection (https). You can type your question instead.",
    );
  }
  try {
    return await navigator.mediaDevices.getUserMedia({
      audio: { echoCancellation: true, noiseSuppression: true, autoGainControl: true, channelCount: 1 },
    });
  } catch (error) {
    throw new MicrophoneError(wordsFor(error));
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
    if (blob.size > MAX_AUDIO_BYTES) throw new MicrophoneError("The recording is too large. Please say it more briefly.");
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
