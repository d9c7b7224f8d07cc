import type { CaptionWord, FragmentMessage, SegmentInfo, VideoMessage } from "@/api/protocol";

export type Words = readonly CaptionWord[] | null;

/** A piece of a segment that is still being made. */
export interface FragmentPart {
  kind: "fragment";
  segment: number;
  index: number;
  content: string;
  words: Words;
  last: boolean;
  bytes: ArrayBuffer;
}

/** A whole segment by address; without a picture where its video could not be made, or was not wanted. */
export interface ClipPart {
  kind: "clip";
  segment: number;
  content: string;
  words: Words;
  durationMs: number;
  videoUrl: string | null;
  audioUrl: string | null;
}

export type Part = FragmentPart | ClipPart;

export function fragmentPart(message: FragmentMessage, bytes: ArrayBuffer): FragmentPart {
  const { segment, index, last, content, words } = message;
  return { kind: "fragment", segment, index, last, bytes, content: content ?? "", words: words ?? null };
}

/** Null for a segment that has nothing to play. */
export function clipPart(info: SegmentInfo | VideoMessage): ClipPart | null {
  const { segment, content, words, duration_ms: durationMs, video_url: videoUrl, audio_url: audioUrl } = info;
  if (!videoUrl && !audioUrl) return null;
  return { kind: "clip", segment, content, durationMs, words: words ?? null, videoUrl: videoUrl ?? null, audioUrl: audioUrl ?? null };
}
