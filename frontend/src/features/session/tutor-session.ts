import type { EngineTicket } from "@/api/engine-tickets";
import type { ServerMessage } from "@/api/protocol";
import type { ProblemCode } from "@/i18n/problem-words";
import { reduce, type Action } from "./model/reducer";
import { initialState, openTurn, type SessionState, type Utterance } from "./model/state";
import { FacePlayer } from "./playback/face-player";
import { canStream } from "./playback/media-source";
import { TutorSocket } from "./socket/tutor-socket";

/** One session as the page has it: the socket, the state that its messages make, and the face that plays them. */
export class TutorSession {
  readonly player = new FacePlayer();
  private state = initialState;
  private readonly socket: TutorSocket;
  private readonly listeners = new Set<() => void>();
  private said = 0;
  private firstQuestion: string | null = null;

  constructor(ticket: () => Promise<EngineTicket>) {
    const takeTicket = async () => {
      const taken = await ticket();
      this.firstQuestion = taken.firstQuestion ?? this.firstQuestion;
      return taken;
    };
    this.socket = new TutorSocket(
      { media: canStream() ? "stream" : "url", ticket: takeTicket },
      {
        onLink: (link) => this.dispatch({ type: "linked", link }),
        onMessage: (message) => this.receive(message),
        onFragment: (message, bytes) => {
          if (!this.stopped(message.turn_id)) this.player.fragment(message, bytes);
        },
      },
    );
  }

  open(): void {
    this.socket.open();
  }

  close(): void {
    this.player.stop();
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
    const { kind } = utterance;
    return this.socket.send(
      kind === "text" ? { type: "text", content: utterance.content } : { type: "audio", data: utterance.data },
    );
  }

  /** Say something, or keep it until there is a connection to say it on. */
  sayOrKeep(utterance: Utterance): void {
    if (!this.say(utterance)) this.dispatch({ type: "kept", key: `said-${++this.said}`, utterance });
  }

  /** Stop the tutor, whether the reply is still being made or only being played. */
  interrupt(): void {
    const heard = this.player.stop();
    if (heard === null && openTurn(this.state) === null) return;
    this.dispatch({ type: "stopped", heard: heard?.heard ?? "" });
    this.socket.send({ type: "interrupt", heard_ms: heard?.heardMs ?? 0 });
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

  private receive(message: ServerMessage): void {
    this.dispatch({ type: "received", message });
    if (message.type === "video" && !this.stopped(message.turn_id)) this.player.segment(message);
    if (message.type === "done") this.player.finish(message.turn_id);
    if (message.type === "session") {
      this.player.catchUp(message.turns, message.running_turn_id);
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
