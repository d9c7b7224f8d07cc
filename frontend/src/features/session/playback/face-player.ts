import type { FragmentMessage, SegmentInfo, TurnInfo, VideoMessage } from "@/api/protocol";
import { RETURN_FADE_MS, SILENCE_FADE_MS } from "@/config/playback";
import { FaceSwitch } from "./face-switch";
import { Pace } from "./pace";
import { clipPart, fragmentPart, type Part } from "./parts";
import { noCaption, type Caption } from "./script";
import { SILENCE_DB, Sound } from "./sound";
import { Speech } from "./speech";

export interface Playback {
  /** True from the first sound of a reply to its last. */
  speaking: boolean;
  /** What is spoken: a turn, or something of the page's own. */
  turnId: string | null;
  caption: Caption;
  voiceOnly: boolean;
  /** The browser wants a gesture before it plays sound. */
  blocked: boolean;
  /** This reply cannot be played here; its text goes on. */
  failed: boolean;
}

const quiet: Playback = {
  speaking: false,
  turnId: null,
  caption: noCaption,
  voiceOnly: false,
  blocked: false,
  failed: false,
};

export interface Heard {
  turnId: string;
  heardMs: number;
  heard: string;
}

/** Up to where a turn was heard. */
export interface Place {
  turnId: string;
  ms: number;
}

interface Screen {
  videos: readonly [HTMLVideoElement, HTMLVideoElement];
  face: FaceSwitch;
  sound: Sound;
}

/** The tutor's face: plays one reply at a time, and is idle between them. */
export class FacePlayer {
  private screen: Screen | null = null;
  private speech: Speech | null = null;
  /** The turn that was played or stopped last: nothing of it is played any more. */
  private overTurn: string | null = null;
  private resumed: Place | null = null;
  private playback = quiet;
  private readonly listeners = new Set<() => void>();

  constructor(private readonly pace: Pace = new Pace()) {}

  /** Give it its videos: two for speech. Returns what takes them away again. */
  attach(videos: readonly [HTMLVideoElement, HTMLVideoElement], idle: HTMLVideoElement | null): () => void {
    this.screen = { videos, face: new FaceSwitch(videos, idle), sound: Sound.of(videos) };
    return () => {
      this.stop();
      for (const video of videos) video.pause();
      this.screen = null;
    };
  }

  readonly subscribe = (listener: () => void): (() => void) => {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  };

  readonly snapshot = (): Playback => this.playback;

  fragment(message: FragmentMessage, bytes: ArrayBuffer): void {
    this.push(message.turn_id, fragmentPart(message, bytes));
  }

  /** A segment by address. One without sound has nothing to play. */
  segment(message: VideoMessage): void {
    const clip = clipPart(message);
    if (clip !== null) this.push(message.turn_id, clip);
  }

  /** All of this turn has been sent. */
  finish(turnId: string): void {
    if (this.speech?.turnId === turnId) this.speech.finish();
  }

  /** After a reconnection: of a reply that became whole meanwhile, the segments that were missed. */
  catchUp(turns: readonly TurnInfo[], runningTurnId: string | null): void {
    const playing = this.speech?.turnId;
    if (playing === undefined || playing === runningTurnId) return;
    const turn = turns.find((turn) => turn.turn_id === playing);
    if (turn !== undefined) this.pushKept(playing, turn.segments);
  }

  /** Play what is kept of a reply, in place of what is played now. */
  replay(turnId: string, segments: readonly SegmentInfo[], fromMs = 0): void {
    this.stop();
    this.overTurn = null;
    this.resumed = { turnId, ms: fromMs };
    this.pushKept(turnId, segments);
  }

  /** When that turn is told from its beginning, it is played from there. */
  resume(place: Place): void {
    this.resumed = place;
  }

  /** Null when nothing is played. */
  get place(): Place | null {
    return this.speech && { turnId: this.speech.turnId, ms: Math.round(this.speech.positionMs) };
  }

  /** Silence at once. Null when nothing was playing. */
  stop(): Heard | null {
    if (this.speech === null) return null;
    const { turnId } = this.speech;
    this.overTurn = turnId;
    const heard = this.speech.stop();
    const { screen } = this;
    screen?.sound.fade(0, SILENCE_FADE_MS, () => {
      for (const video of screen.videos) video.pause();
    });
    this.end();
    return { turnId, ...heard };
  }

  /** Play on, from within a click. */
  unlock(): void {
    this.tell({ blocked: false });
    this.speech?.unlock();
  }

  /** Silent for a moment, without a stop; `false`: as loud as before. */
  hush(on: boolean): void {
    if (on) this.screen?.sound.fade(0, SILENCE_FADE_MS);
    else this.screen?.sound.fade(1, RETURN_FADE_MS);
  }

  /** Measure how loud it is, from now on. To be called after a gesture. */
  async measure(): Promise<void> {
    await this.screen?.sound.measure();
  }

  /** How loud it is now, in decibels. */
  level(): number {
    return this.screen?.sound.level() ?? SILENCE_DB;
  }

  private pushKept(turnId: string, segments: readonly SegmentInfo[]): void {
    for (const clip of segments.map(clipPart)) if (clip !== null) this.push(turnId, clip);
    this.finish(turnId);
  }

  private push(turnId: string, part: Part): void {
    if (turnId === this.overTurn || this.screen === null) return;
    if (this.speech?.turnId !== turnId) {
      this.speech?.stop();
      this.speech = this.begin(turnId, this.screen);
    }
    this.speech.push(part);
  }

  private begin(turnId: string, { videos, face, sound }: Screen): Speech {
    for (const video of videos) video.pause();
    sound.restore();
    this.pace.begin();
    this.tell({ ...quiet, speaking: true, turnId });
    const fromMs = this.resumed?.turnId === turnId ? this.resumed.ms : 0;
    this.resumed = null;
    const stage = {
      onPicture: (video: HTMLVideoElement) => face.show(video),
      onPause: () => void face.rest(),
      onDry: () => this.pace.ranDry(),
      onGain: (ms: number) => this.pace.gained(ms),
      onCaption: (caption: Caption, voiceOnly: boolean) => this.tell({ caption, voiceOnly }),
      onBlocked: () => this.tell({ blocked: true }),
      onEnd: (failure: unknown) => {
        if (this.speech?.turnId !== turnId) return;
        this.overTurn = turnId;
        this.end();
        if (failure !== null) this.tell({ failed: true });
      },
    };
    return new Speech(turnId, videos, stage, fromMs);
  }

  private end(): void {
    this.speech = null;
    this.tell(quiet);
    const { screen } = this;
    if (screen === null) return;
    void screen.face.rest().then(() => {
      if (this.speech !== null) return;
      for (const video of screen.videos) {
        video.removeAttribute("src"); // frees the decoder and what was buffered
        video.load();
      }
    });
  }

  private tell(change: Partial<Playback>): void {
    const next = { ...this.playback, ...change };
    const { caption } = this.playback;
    if (next.caption.content === caption.content && next.caption.said === caption.said) next.caption = caption;
    const keys = Object.keys(next) as (keyof Playback)[];
    if (keys.every((key) => next[key] === this.playback[key])) return;
    this.playback = next;
    for (const listener of this.listeners) listener();
  }
}
