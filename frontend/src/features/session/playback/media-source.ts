import { SPEECH_MIME } from "@/config/playback";
import { occurrence } from "./occurrence";

/** A source on a phone of Apple's says when it wants more. Every other takes what it is given. */
export type Source = MediaSource & { readonly streaming?: boolean };

type WithManaged = typeof globalThis & { ManagedMediaSource?: typeof MediaSource };

function sourceClass(): typeof MediaSource | undefined {
  return (globalThis as Partial<typeof globalThis>).MediaSource ?? (globalThis as WithManaged).ManagedMediaSource;
}

export function canStream(): boolean {
  return sourceClass()?.isTypeSupported(SPEECH_MIME) ?? false;
}

/** Attach an empty stream to a video. */
export async function openStream(
  video: HTMLVideoElement,
  signal: AbortSignal,
): Promise<{ source: Source; buffer: SourceBuffer }> {
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
