import type { EngineTicket } from "@/api/engine-tickets";
import type { Mode, ServerMessage, TurnInfo } from "@/api/protocol";
import type { ProblemCode } from "@/i18n/problem-words";
import { reduce, type Action } from "./model/reducer";
import { initialState, openTurn, type SessionState, type Utterance } from "./model/state";
import type { FacePlayer } from "./playback/face-player";
import { canStream } from "./playback/media-source";
import { SpokenReplies } from "./playback/spoken-replies";
import { TutorSocket } from "./socket/tutor-socket";

interface Options {
  sessionId: string;
  /** A ticket for each attempt to connect. Rejects with a `Refusal` when there will never be one. */
  ticket: () => Promise<EngineTicket>;
  /** A turn as the server keeps it. */
  storedTurn: (turnId: string) => Promise<TurnInfo | null>;
  /** What replies shall come with. */
  mode: () => Mode;
  /** The picture comes too slowly. */
  onSlow: () => void;
}

/** One session as the page has it: the socket, the state that its messages make, and the face that plays them. */
export class TutorSession {
  private readonly spoken: SpokenReplies;
  private state = initialState;
  private readonly socket: TutorSocket;
  private readonly listeners = new Set<() => void>();
  private said = 0;
  private firstQuestion: string | null = null;

  constructor(private readonly options: Options) {
    this.spoken = new SpokenReplies(options);
    this.socket = new TutorSocket(
      { media: canStream() ? "stream" : "url", ticket: () => this.takeTicket() },
      {
        onLink: (link) => this.dispatch({ type: "linked", link }),
        onMessage: (message) => this.receive(message),
        onFragment: (message, bytes, tookMs) => {
          if (!this.stopped(message.turn_id)) this.spoken.fragment(message, bytes, tookMs);
        },
      },
    );
  }

  get player(): FacePlayer {
    return this.spoken.player;
  }

  open(): void {
    this.spoken.open();
    this.socket.open();
  }

  close(): void {
    this.spoken.close();
    this.socket.close();
  }

  readonly subscribe = (listener: () => void): (() => void) => {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  };

  readonly snapshot = (): SessionState => this.state;

  /** Say something; a tutor who talks is interrupted. False when there is no connection: nothing was changed. */
  say(utterance: Utterance): boolean {
    if (this.state.link.state !== "open") return false;
    this.interrupt();
    this.dispatch({ type: "said", key: `said-${++this.said}`, utterance });
    this.spoken.claim();
    const mode = this.options.mode();
    return this.socket.send(
      utterance.kind === "text"
        ? { type: "text", content: utterance.content, mode }
        : { type: "audio", data: utterance.data, mode },
    );
  }

  /** Say something, or keep it until there is a connection to say it on. */
  sayOrKeep(utterance: Utterance): void {
    if (!this.say(utterance)) this.dispatch({ type: "kept", key: `said-${++this.said}`, utterance });
  }

  /** Stop the tutor, whether the reply is still being made or only being played. */
  interrupt(): void {
    const heard = this.spoken.stop();
    if (heard === null && openTurn(this.state) === null) return;
    this.dispatch({ type: "stopped", heard });
    this.socket.send({ type: "interrupt", heard_ms: heard?.heardMs ?? 0 });
  }

  /** Play a reply again. Rejects when it cannot be had. */
  async replay(turnId: string): Promise<void> {
    this.interrupt();
    const turn = await this.options.storedTurn(turnId);
    if (turn !== null) this.spoken.replay(turn);
  }

  /** Say again what failed. */
  again(key: string): void {
    const turn = this.state.turns.find((turn) => turn.key === key);
    if (!turn?.utterance || this.state.link.state !== "open") return;
    this.dispatch({ type: "withdrawn", key });
    this.say(turn.utterance);
  }

  /** Something failed on this side, such as the microphone. */
  trouble(code: ProblemCode): void {
    this.dispatch({ type: "troubled", code });
  }

  dismiss(): void {
    this.dispatch({ type: "dismissed" });
  }

  private async takeTicket(): Promise<EngineTicket> {
    const taken = await this.options.ticket();
    this.firstQuestion = taken.firstQuestion ?? this.firstQuestion;
    return taken;
  }

  private receive(message: ServerMessage): void {
    this.dispatch({ type: "received", message });
    if (message.type === "video" && !this.stopped(message.turn_id)) this.spoken.segment(message);
    if (message.type === "done") this.spoken.finish(message.turn_id);
    if (message.type === "session") {
      this.spoken.connected(message, this.firstQuestion !== null);
      this.askFirst(message.turns.length);
    }
  }

  /** What of a stopped turn was still on its way is not played. */
  private stopped(turnId: string): boolean {
    return this.state.turns.some((turn) => turn.id === turnId && turn.status === "interrupted");
  }

  private askFirst(turns: number): void {
    const content = this.firstQuestion;
    this.firstQuestion = null;
    if (content !== null && turns === 0) this.say({ kind: "text", content });
  }

  private dispatch(action: Action): void {
    const next = reduce(this.state, action);
    if (next === this.state) return;
    this.state = next;
    for (const listener of this.listeners) listener();
  }
}
