import type { FragmentMessage, TurnInfo, VideoMessage } from "@/api/protocol";
import { FaceSwitch } from "./face-switch";
import { Speech, type Part } from "./speech";

export interface Playback {
  /** True from the first sound of a reply to its last. */
  speaking: boolean;
  caption: string;
  voiceOnly: boolean;
  /** The browser wants a gesture before it plays sound. */
  blocked: boolean;
  /** This reply cannot be played here; its text goes on. */
  failed: boolean;
}

const quiet: Playback = { speaking: false, caption: "", voiceOnly: false, blocked: false, failed: false };

export interface Heard {
  heardMs: number;
  heard: string;
}

/** The tutor's face: plays one reply at a time, and is idle between them. */
export class FacePlayer {
  private video: HTMLVideoElement | null = null;
  private face: FaceSwitch | null = null;
  private speech: Speech | null = null;
  /** The turn that was played or stopped last: nothing of it is played any more. */
  private overTurn: string | null = null;
  private playback = quiet;
  private readonly listeners = new Set<() => void>();

  /** Give it its two videos. Returns what takes them away again. */
  attach(video: HTMLVideoElement, idle: HTMLVideoElement | null): () => void {
    this.video = video;
    this.face = new FaceSwitch(video, idle);
    return () => {
      this.stop();
      this.video = this.face = null;
    };
  }

  readonly subscribe = (listener: () => void): (() => void) => {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  };

  readonly snapshot = (): Playback => this.playback;

  fragment(message: FragmentMessage, bytes: ArrayBuffer): void {
    const { segment, index, last } = message;
    this.push(message.turn_id, { kind: "fragment", segment, index, last, bytes, content: message.content ?? "" });
  }

  /** A segment by address. One without sound has nothing to play. */
  segment(message: VideoMessage): void {
    const url = message.video_url ?? message.audio_url;
    if (!url) return;
    const { segment, content, duration_ms: durationMs } = message;
    this.push(message.turn_id, { kind: "clip", segment, content, url, durationMs, picture: Boolean(message.video_url) });
  }

  /** All of this turn has been sent. */
  finish(turnId: string): void {
    if (this.speech?.turnId === turnId) this.speech.finish();
  }

  /** After a reconnection: of a reply that became whole meanwhile, the segments that were missed, by their sound. */
  catchUp(turns: readonly TurnInfo[], runningTurnId: string | null): void {
    const playing = this.speech?.turnId;
    if (playing === undefined || playing === runningTurnId) return;
    const missed = turns.find((turn) => turn.turn_id === playing)?.segments ?? [];
    for (const { segment, content, audio_url: url, duration_ms: durationMs } of missed) {
      if (url) this.push(playing, { kind: "clip", segment, content, url, durationMs, picture: false });
    }
    this.finish(playing);
  }

  /** Silence at once. Null when nothing was playing. */
  stop(): Heard | null {
    if (this.speech === null) return null;
    this.overTurn = this.speech.turnId;
    const heard = this.speech.stop();
    this.end();
    return heard;
  }

  /** Play on, from within a click. */
  unlock(): void {
    this.tell({ blocked: false });
    this.speech?.unlock();
  }

  private push(turnId: string, part: Part): void {
    if (turnId === this.overTurn || this.video === null) return;
    if (this.speech?.turnId !== turnId) {
      this.speech?.stop();
      this.speech = this.begin(turnId, this.video);
    }
    this.speech.push(part);
  }

  private begin(turnId: string, video: HTMLVideoElement): Speech {
    this.tell({ ...quiet, speaking: true });
    return new Speech(turnId, video, {
      onPicture: () => this.face?.show(),
      onPause: () => void this.face?.rest(),
      onCaption: (caption, voiceOnly) => this.tell({ caption, voiceOnly }),
      onBlocked: () => this.tell({ blocked: true }),
      onEnd: (failure) => {
        if (this.speech?.turnId !== turnId) return;
        this.overTurn = turnId;
        this.end();
        if (failure !== null) this.tell({ failed: true });
      },
    });
  }

  private end(): void {
    this.speech = null;
    this.tell(quiet);
    const { video, face } = this;
    if (video === null || face === null) return;
    void face.rest().then(() => {
      if (this.speech !== null) return;
      video.removeAttribute("src"); // frees the decoder and what was buffered
      video.load();
    });
  }

  private tell(change: Partial<Playback>): void {
    const next = { ...this.playback, ...change };
    const keys = Object.keys(next) as (keyof Playback)[];
    if (keys.every((key) => next[key] === this.playback[key])) return;
    this.playback = next;
    for (const listener of this.listeners) listener();
  }
}
