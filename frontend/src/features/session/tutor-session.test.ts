import { afterEach, beforeEach, expect, test, vi } from "vitest";
import type { Mode, TurnInfo } from "@/api/protocol";
import { FakeWebSocket } from "@/testing/fake-web-socket";
import { from, turnInfo } from "@/testing/messages";
import type { FacePlayer } from "./playback/face-player";
import { TutorSession } from "./tutor-session";

let session: TutorSession;
let mode: Mode;
let stored: TurnInfo[];
const onSlow = vi.fn();

beforeEach(() => {
  vi.stubGlobal("WebSocket", FakeWebSocket);
  FakeWebSocket.all = [];
  mode = "video";
  stored = [];
  sessionStorage.clear();
});

afterEach(() => {
  session.close();
  vi.unstubAllGlobals();
});

async function connected(firstQuestion: string | null = null): Promise<FakeWebSocket> {
  const ticket = { engine_url: "ws://tutor/ws/ws/s1", engine_token: "token" };
  session = new TutorSession({
    sessionId: "s1",
    ticket: () => Promise.resolve(firstQuestion === null ? ticket : { ...ticket, firstQuestion }),
    storedTurn: (turnId) => Promise.resolve(stored.find((turn) => turn.turn_id === turnId) ?? null),
    mode: () => mode,
    onSlow,
  });
  session.open();
  await vi.waitFor(() => FakeWebSocket.last);
  FakeWebSocket.last.accept();
  FakeWebSocket.last.tell(from.session());
  return FakeWebSocket.last;
}

const spy = (method: keyof FacePlayer) => vi.spyOn(session.player, method as "stop");
const types = (socket: FakeWebSocket) => socket.sent.map((message) => message.type);

test("what is typed is sent and stands in the transcript", async () => {
  const socket = await connected();
  expect(session.say({ kind: "text", content: "Why?" })).toBe(true);
  expect(socket.sent).toEqual([{ type: "text", content: "Why?", mode: "video" }]);
  expect(session.snapshot().turns).toHaveLength(1);
});

test("a tutor who is thinking is interrupted by the next question", async () => {
  const socket = await connected();
  session.say({ kind: "text", content: "One" });
  socket.tell(from.status("t1", "thinking"));
  session.say({ kind: "audio", data: "AAAA" });
  expect(types(socket)).toEqual(["text", "interrupt", "audio"]);
  expect(session.snapshot().turns.map((turn) => turn.status)).toEqual(["interrupted", "sending"]);
});

test("the first question of all interrupts nobody", async () => {
  const socket = await connected();
  session.interrupt();
  expect(socket.sent).toEqual([]);
});

test("stopping tells the server how much was heard, and keeps that much of the text", async () => {
  const socket = await connected();
  session.say({ kind: "text", content: "Why?" });
  socket.tell(from.delta("t1", "Because of the air."));
  vi.spyOn(session.player, "stop").mockReturnValue({ turnId: "t1", heardMs: 700, heard: "Because of" });
  session.interrupt();
  expect(socket.sent.at(-1)).toEqual({ type: "interrupt", heard_ms: 700 });
  expect(session.snapshot().turns[0]).toMatchObject({ status: "interrupted", replyText: "Because of" });
});

test("a reply that is only played any more can be stopped too", async () => {
  const socket = await connected();
  session.say({ kind: "text", content: "Why?" });
  socket.tell(from.text("t1", "Because."));
  socket.tell(from.done("t1"));
  vi.spyOn(session.player, "stop").mockReturnValue({ turnId: "t1", heardMs: 300, heard: "Be" });
  session.interrupt();
  expect(types(socket)).toEqual(["text", "interrupt"]);
  expect(session.snapshot().turns[0]).toMatchObject({ status: "interrupted", replyText: "Be" });
});

test("what was still on its way when the tutor was stopped is not played", async () => {
  const socket = await connected();
  session.say({ kind: "text", content: "Why?" });
  socket.tell(from.status("t1", "speaking"));
  session.interrupt();
  const played = [spy("fragment"), spy("segment")];
  socket.tell(from.fragment("t1", 0, 0));
  socket.tellBytes(1);
  socket.tell(from.video("t1", 1, "/media/1.wav"));
  for (const call of played) expect(call).not.toHaveBeenCalled();
});

test("fragments and sounds of the running turn go to the face, and its end too", async () => {
  const socket = await connected();
  session.say({ kind: "text", content: "Why?" });
  const calls = [spy("fragment"), spy("segment"), spy("finish")].map((call) => call.mockReturnValue(null));
  socket.tell(from.fragment("t1", 0, 0));
  socket.tellBytes(1);
  socket.tell(from.video("t1", 1, "/media/1.wav"));
  socket.tell(from.done("t1"));
  for (const call of calls) expect(call).toHaveBeenCalledOnce();
});

test("nothing is said without a connection, and nothing changes", async () => {
  const socket = await connected();
  socket.fail();
  expect(session.say({ kind: "text", content: "Why?" })).toBe(false);
  expect(session.snapshot().turns).toEqual([]);
});

test("what failed is said again, in its own words, once", async () => {
  const socket = await connected();
  session.say({ kind: "text", content: "Why?" });
  socket.tell(from.error(null, "Too many at once."));
  const key = session.snapshot().turns[0]?.key ?? "";
  session.again(key);
  expect(socket.sent.map((message) => message.content)).toEqual(["Why?", "Why?"]);
  expect(session.snapshot().turns).toHaveLength(1);
  expect(session.snapshot().turns[0]).toMatchObject({ problem: null, status: "sending" });
});

test("the question that a session was opened with is asked first, and only once", async () => {
  const socket = await connected("Why is the sky blue?");
  expect(socket.sent).toEqual([{ type: "text", content: "Why is the sky blue?", mode: "video" }]);
  socket.tell(from.session([turnInfo()]));
  expect(socket.sent).toHaveLength(1);
});
