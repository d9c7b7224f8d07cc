import { SPEECH_MIME } from "@/config/playback";
import { occurrence } from "./occurrence";

/** Safari on the phone has only this one. */
type WithManaged = typeof globalThis & { ManagedMediaSource?: typeof MediaSource };

function sourceClass(): typeof MediaSource | undefined {
  return (globalThis as WithManaged).ManagedMediaSource ?? (globalThis as Partial<typeof globalThis>).MediaSource;
}

export function canStream(): boolean {
  return sourceClass()?.isTypeSupported(SPEECH_MIME) ?? false;
}

/** Attach an empty stream to a video. */
export async function openStream(
  video: HTMLVideoElement,
  signal: AbortSignal,
): Promise<{ source: MediaSource; buffer: SourceBuffer }> {
  const Source = sourceClass();
  if (Source === undefined) throw new Error("This browser cannot stream video.");
  const source = new Source();
  const address = URL.createObjectURL(source);
  video.disableRemotePlayback = true; // a managed source does not open otherwise
  video.src = address;
  try {
    await occurrence(source, ["sourceopen"], signal);
  } finally {
    URL.revokeObjectURL(address);
  }
  const buffer = source.addSourceBuffer(SPEECH_MIME);
  buffer.mode = "segments";
  return { source, buffer };
}
