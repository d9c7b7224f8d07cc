import type { FragmentMessage, SegmentInfo, SessionMessage, TurnInfo, VideoMessage } from "@/api/protocol";
import { FacePlayer, type Heard } from "./face-player";
import { Pace } from "./pace";
import { keepPlace, takePlace } from "./place-kept";
import { VoiceRight } from "./voice-right";

/** What the tutor says before anything is asked. Not a turn: the server has no such id. */
export const GREETING = "greeting";

interface Options {
  sessionId: string;
  /** What replies come with now. */
  mode: () => "video" | "voice" | "text";
  /** The picture comes too slowly. */
  onSlow: () => void;
}

/** What of a session is heard in this tab: replies as they come, kept ones again, and the greeting. */
export class SpokenReplies {
  private readonly pace = new Pace();
  readonly player = new FacePlayer(this.pace);
  private readonly right: VoiceRight;
  /** What is played is no running reply: to stop it is nothing to the server. */
  private aside = false;
  private opened = false;

  constructor(private readonly options: Options) {
    this.right = new VoiceRight(`tutor.voice.${options.sessionId}`, () => void this.player.stop());
  }

  open(): void {
    this.right.open();
    window.addEventListener("pagehide", this.leave);
  }

  close(): void {
    window.removeEventListener("pagehide", this.leave);
    this.player.stop();
    this.right.close();
  }

  /** What comes next was asked for in this tab. */
  claim(): void {
    this.right.claim();
  }

  fragment(message: FragmentMessage, bytes: ArrayBuffer, tookMs: number): void {
    if (!this.heardHere) return;
    this.aside = false;
    this.pace.transferred(tookMs);
    if (this.pace.slow) this.options.onSlow();
    this.player.fragment(message, bytes);
  }

  segment(message: VideoMessage): void {
    if (!this.heardHere) return;
    this.aside = false;
    this.player.segment(message);
  }

  finish(turnId: string): void {
    this.player.finish(turnId);
  }

  /** On connecting. `asks`: a question is asked at once. */
  connected({ turns, tutor, running_turn_id: running }: SessionMessage, asks: boolean): void {
    if (this.opened) {
      this.player.catchUp(turns, running);
      return;
    }
    this.opened = true;
    if (!this.heardHere) return;
    const greeting = tutor.greeting_clip;
    if (turns.length > 0) this.goOn(turns, running);
    else if (!asks && greeting != null) this.playAside(GREETING, [greeting]);
  }

  /** Play a reply again, or what there is of it. */
  replay({ turn_id: turnId, segments }: TurnInfo): void {
    this.right.claim();
    this.playAside(turnId, segments);
  }

  /** Silence. Null when no reply was heard: there is nothing that the server should know. */
  stop(): Heard | null {
    const heard = this.player.stop();
    return this.aside ? null : heard;
  }

  private get heardHere(): boolean {
    return this.right.mine && this.options.mode() !== "text";
  }

  /** Where this page was when it was loaded anew. */
  private goOn(turns: readonly TurnInfo[], running: string | null): void {
    const place = takePlace(this.options.sessionId);
    if (place === null) return;
    if (place.turnId === running) this.player.resume(place);
    const turn = turns.find(({ turn_id: id, status }) => id === place.turnId && status === "completed");
    if (turn !== undefined) this.player.replay(turn.turn_id, this.wanted(turn.segments), place.ms);
  }

  private playAside(id: string, segments: readonly SegmentInfo[]): void {
    this.player.replay(id, this.wanted(segments));
    this.aside = true;
  }

  private wanted(segments: readonly SegmentInfo[]): readonly SegmentInfo[] {
    if (this.options.mode() === "video") return segments;
    return segments.map((segment) => (segment.audio_url === null ? segment : { ...segment, video_url: null }));
  }

  private readonly leave = () => keepPlace(this.options.sessionId, this.aside ? null : this.player.place);
}
