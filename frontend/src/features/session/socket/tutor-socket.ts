import type { EngineTicket } from "@/api/engine-tickets";
import type { ClientMessage, FragmentMessage, ServerMessage } from "@/api/protocol";
import type { Trouble } from "@/i18n/problem-words";
import type { Link } from "../model/state";
import { backoff } from "./backoff";

/** Closed by the server, and why: trying again is of no use. */
const FINAL: Partial<Record<number, string>> = {
  4001: "session_ended",
  4008: "too_many_messages",
  4009: "too_many_connections",
};
const PING_MS = 15_000;
const SILENT_MS = 25_000;
/** When there is reason to doubt the connection, so long is waited for an answer. */
const PROBE_MS = 3_000;
/** After so many bytes, and each segment, the server is told what has come. */
const ACKNOWLEDGE_BYTES = 65_536;

export interface SocketListener {
  onLink: (link: Link) => void;
  onMessage: (message: ServerMessage) => void;
  /** A fragment with the binary frame that followed it, and how long that took to arrive. */
  onFragment: (message: FragmentMessage, bytes: ArrayBuffer, tookMs: number) => void;
}

export interface SocketOptions {
  media: "stream" | "url";
  /** A ticket for each attempt to connect. Rejects with a `Refusal` when there will never be one. */
  ticket: () => Promise<EngineTicket>;
}

/** The session may not be entered (any more): trying again is of no use. */
export class Refusal extends Error {
  constructor(readonly trouble: Trouble) {
    super(trouble.message);
  }
}

/** The session's connection. Comes back by itself until it is closed. */
export class TutorSocket {
  private socket: WebSocket | null = null;
  private awaiting: FragmentMessage | null = null;
  private announcedAt = 0;
  private receivedBytes = 0;
  private acknowledgedBytes = 0;
  private attempt = 0;
  private heardAt = 0;
  private retry: ReturnType<typeof setTimeout> | undefined;
  private heartbeat: ReturnType<typeof setInterval> | undefined;
  private probing: ReturnType<typeof setTimeout> | undefined;
  private wanted = false;

  constructor(
    private readonly options: SocketOptions,
    private readonly listener: SocketListener,
  ) {}

  open(): void {
    this.wanted = true;
    this.attempt = 0;
    window.addEventListener("online", this.hurry);
    window.addEventListener("offline", this.probe);
    document.addEventListener("visibilitychange", this.probe);
    this.listener.onLink({ state: "connecting", reason: null });
    void this.connect();
  }

  close(): void {
    this.wanted = false;
    window.removeEventListener("online", this.hurry);
    window.removeEventListener("offline", this.probe);
    document.removeEventListener("visibilitychange", this.probe);
    clearTimeout(this.retry);
    this.drop();
  }

  /** False when there is no connection to send on. */
  send(message: ClientMessage): boolean {
    if (this.socket?.readyState !== WebSocket.OPEN) return false;
    this.socket.send(JSON.stringify(message));
    return true;
  }

  private readonly hurry = () => {
    if (this.socket !== null || this.retry === undefined) {
      this.probe();
      return;
    }
    clearTimeout(this.retry);
    void this.connect();
  };

  /** The network has changed, or the machine has slept: does the other side still answer? */
  private readonly probe = () => {
    if (document.hidden || !this.send({ type: "ping" })) return;
    const askedAt = Date.now();
    clearTimeout(this.probing);
    this.probing = setTimeout(() => {
      if (this.heardAt < askedAt) this.closed(0);
    }, PROBE_MS);
  };

  private async connect(): Promise<void> {
    this.retry = undefined;
    let ticket: EngineTicket;
    try {
      ticket = await this.options.ticket();
    } catch (error) {
      if (error instanceof Refusal) this.giveUp(error.trouble);
      else this.tryLater();
      return;
    }
    if (!this.wanted || this.socket !== null) return;
    const query = new URLSearchParams({ token: ticket.engine_token, media: this.options.media, acks: "1" });
    const socket = new WebSocket(`${ticket.engine_url}?${query}`);
    socket.binaryType = "arraybuffer";
    socket.onopen = () => this.opened();
    socket.onmessage = (event: MessageEvent<string | ArrayBuffer>) => this.receive(event.data);
    socket.onclose = (event) => this.closed(event.code);
    this.socket = socket;
  }

  private opened(): void {
    this.heardAt = Date.now();
    this.receivedBytes = this.acknowledgedBytes = 0;
    this.heartbeat = setInterval(() => this.beat(), PING_MS);
    this.listener.onLink({ state: "open", reason: null });
  }

  private beat(): void {
    if (Date.now() - this.heardAt > SILENT_MS) {
      this.closed(0); // half open: the other side is gone and nobody has told
      return;
    }
    this.send({ type: "ping" });
  }

  private receive(data: string | ArrayBuffer): void {
    this.heardAt = Date.now();
    if (typeof data !== "string") {
      const fragment = this.awaiting;
      this.awaiting = null;
      this.acknowledge(data.byteLength, fragment?.last ?? false);
      if (fragment !== null) this.listener.onFragment(fragment, data, performance.now() - this.announcedAt);
      return;
    }
    const message = JSON.parse(data) as ServerMessage;
    this.awaiting = message.type === "fragment" ? message : null;
    this.announcedAt = performance.now();
    if (message.type === "session") this.attempt = 0;
    if (message.type !== "fragment") this.listener.onMessage(message);
  }

  private acknowledge(bytes: number, now: boolean): void {
    this.receivedBytes += bytes;
    if (!now && this.receivedBytes - this.acknowledgedBytes < ACKNOWLEDGE_BYTES) return;
    if (this.send({ type: "received", bytes: this.receivedBytes })) this.acknowledgedBytes = this.receivedBytes;
  }

  private closed(code: number): void {
    this.drop();
    if (!this.wanted) return;
    const why = FINAL[code];
    if (why === undefined) this.tryLater();
    else this.giveUp({ code: why, message: "" });
  }

  private tryLater(): void {
    if (!this.wanted) return;
    this.listener.onLink({ state: "reconnecting", reason: null });
    this.retry = setTimeout(() => void this.connect(), backoff(this.attempt++));
  }

  private giveUp(reason: Trouble): void {
    if (!this.wanted) return;
    this.close();
    this.listener.onLink({ state: "closed", reason });
  }

  private drop(): void {
    clearInterval(this.heartbeat);
    clearTimeout(this.probing);
    this.awaiting = null;
    const socket = this.socket;
    this.socket = null;
    if (socket === null) return;
    socket.onopen = socket.onmessage = socket.onclose = null;
    socket.close();
  }
}
