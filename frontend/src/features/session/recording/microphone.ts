import type { ProblemCode } from "@/i18n/problem-words";

/** Why there is no recording. */
export class MicrophoneError extends Error {
  constructor(readonly code: ProblemCode) {
    super(code);
  }
}

function codeFor(error: unknown): ProblemCode {
  if (!(error instanceof DOMException)) return "microphone_failed";
  switch (error.name) {
    case "NotAllowedError":
      // Only closed the question: the next try asks again. Browsers tell it in words alone.
      return /dismiss/i.test(error.message) ? "microphone_dismissed" : "microphone_blocked";
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

/** Anything thrown on the way to a recording, as a code with words. */
export function codeOf(error: unknown): ProblemCode {
  return error instanceof MicrophoneError ? error.code : "microphone_failed";
}

/** Open a microphone: the chosen one, if it is still there. Asks for permission if need be. Throws MicrophoneError. */
export async function openMicrophone(chosen: string | null): Promise<MediaStream> {
  // Browsers hide devices from pages that come over plain HTTP from another machine.
  if (!("mediaDevices" in navigator)) {
    throw new MicrophoneError(isSecureContext ? "microphone_unsupported" : "microphone_insecure");
  }
  try {
    return await listen(chosen === null ? {} : { deviceId: { exact: chosen } });
  } catch (error) {
    // Not there any more: another one is better than none. As a mere wish the choice would be heeded by few browsers.
    if (chosen !== null && error instanceof DOMException && error.name === "OverconstrainedError") return openMicrophone(null);
    throw new MicrophoneError(codeFor(error));
  }
}

function listen(which: MediaTrackConstraints): Promise<MediaStream> {
  return navigator.mediaDevices.getUserMedia({
    audio: { echoCancellation: true, noiseSuppression: true, autoGainControl: true, channelCount: 1, ...which },
  });
}

export function release(stream: MediaStream): void {
  for (const track of stream.getTracks()) track.stop();
}

/** Calls back when the microphone is pulled out, or taken away. */
export function onLost(stream: MediaStream, lost: () => void): void {
  for (const track of stream.getTracks()) track.addEventListener("ended", lost, { once: true });
}

/** Does the browser take away what the page itself plays? */
export function cancelsEcho(stream: MediaStream): boolean {
  const [track] = stream.getAudioTracks();
  // A word in newer browsers: which sound is taken away.
  const setting: unknown = track?.getSettings().echoCancellation;
  return setting !== undefined && setting !== false;
}
