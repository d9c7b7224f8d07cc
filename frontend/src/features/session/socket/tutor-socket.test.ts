import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { FakeWebSocket } from "@/testing/fake-web-socket";
import { from } from "@/testing/messages";
import { Refusal, TutorSocket, type SocketListener } from "./tutor-socket";

const ticket = vi.fn();
const listener = {
  onLink: vi.fn<SocketListener["onLink"]>(),
  onMessage: vi.fn<SocketListener["onMessage"]>(),
  onFragment: vi.fn<SocketListener["onFragment"]>(),
};

beforeEach(() => {
  vi.useFakeTimers();
  vi.stubGlobal("WebSocket", FakeWebSocket);
  FakeWebSocket.all = [];
  ticket.mockReset().mockImplementation(() =>
    Promise.resolve({ engine_url: "ws://tutor/ws/ws/s1", engine_token: `token ${ticket.mock.calls.length}` }),
  );
  for (const call of Object.values(listener)) call.mockReset();
});

let opened: TutorSocket[] = [];

function open(): TutorSocket {
  const socket = new TutorSocket({ media: "stream", ticket }, listener);
  opened.push(socket);
  socket.open();
  return socket;
}

afterEach(() => {
  for (const socket of opened) socket.close();
  opened = [];
  vi.unstubAllGlobals();
  vi.useRealTimers();
});

async function connected(): Promise<TutorSocket> {
  const socket = open();
  await vi.advanceTimersByTimeAsync(0);
  FakeWebSocket.last.accept();
  return socket;
}

const links = () => listener.onLink.mock.calls.map(([link]) => link.state);

test("connects with the token and asks for streamed media", async () => {
  await connected();
  const url = new URL(FakeWebSocket.last.url);
  expect(url.origin + url.pathname).toBe("ws://tutor/ws/ws/s1");
  expect(Object.fromEntries(url.searchParams)).toEqual({ token: "token 1", media: "stream", acks: "1" });
  expect(FakeWebSocket.last.binaryType).toBe("arraybuffer");
  expect(links()).toEqual(["connecting", "open"]);
});

describe("fragments", () => {
  test("are told together with the bytes that follow them", async () => {
    await connected();
    FakeWebSocket.last.tell(from.fragment("t1", 0, 0));
    expect(listener.onFragment).not.toHaveBeenCalled();
    FakeWebSocket.last.tellBytes(1, 2, 3);
    expect(listener.onFragment).toHaveBeenCalledExactlyOnceWith(
      from.fragment("t1", 0, 0),
      new Uint8Array([1, 2, 3]).buffer,
      0,
    );
    expect(listener.onMessage).not.toHaveBeenCalled();
  });

  test("keep their own bytes in a row of several", async () => {
    await connected();
    for (const index of [0, 1, 2]) {
      FakeWebSocket.last.tell(from.fragment("t1", 0, index));
      FakeWebSocket.last.tellBytes(index);
    }
    const told = listener.onFragment.mock.calls.map(([message, bytes]) => [
      message.index,
      ...new Uint8Array(bytes),
    ]);
    expect(told).toEqual([
      [0, 0],
      [1, 1],
      [2, 2],
    ]);
  });

  test("may be empty: the picture broke off", async () => {
    await connected();
    FakeWebSocket.last.tell(from.fragment("t1", 0, -1, true));
    FakeWebSocket.last.tellBytes();
    expect(listener.onFragment.mock.calls[0]?.[1]).toHaveProperty("byteLength", 0);
  });

  test("whose bytes did not come take none of another", async () => {
    await connected();
    FakeWebSocket.last.tell(from.fragment("t1", 0, 0));
    FakeWebSocket.last.tell(from.delta("t1", "word"));
    FakeWebSocket.last.tellBytes(1);
    expect(listener.onFragment).not.toHaveBeenCalled();
    expect(listener.onMessage).toHaveBeenCalledOnce();
  });

  test("are acknowledged with each segment and now and then between, by all that came on this connection", async () => {
    await connected();
    const { sent } = FakeWebSocket.last;
    const tell = (index: number, last: boolean, size: number) => {
      FakeWebSocket.last.tell(from.fragment("t1", 0, index, last));
      FakeWebSocket.last.tellBytes(...new Uint8Array(size));
    };
    tell(0, false, 10);
    expect(sent).toEqual([]);
    tell(1, true, 5);
    tell(0, false, 70_000);
    tell(1, false, 10);
    expect(sent).toEqual([
      { type: "received", bytes: 15 },
      { type: "received", bytes: 70_015 },
    ]);
  });

  test("do not wait for their bytes over a reconnection", async () => {
    await connected();
    FakeWebSocket.last.tell(from.fragment("t1", 0, 0));
    FakeWebSocket.last.fail();
    await vi.advanceTimersByTimeAsync(1_000);
    FakeWebSocket.last.accept();
    FakeWebSocket.last.tellBytes(1);
    expect(listener.onFragment).not.toHaveBeenCalled();
  });
});

describe("a lost connection", () => {
  test("comes back with a fresh token", async () => {
    await connected();
    FakeWebSocket.last.fail();
    expect(links().at(-1)).toBe("reconnecting");
    await vi.advanceTimersByTimeAsync(1_000);
    expect(FakeWebSocket.all).toHaveLength(2);
    expect(FakeWebSocket.last.url).toContain("token+2");
    FakeWebSocket.last.accept();
    expect(links().at(-1)).toBe("open");
  });

  test("is tried more and more rarely, until the session answers", async () => {
    await connected();
    const attemptsWithin = async (ms: number) => {
      const before = FakeWebSocket.all.length;
      for (let passed = 0; passed < ms; passed += 100) {
        await vi.advanceTimersByTimeAsync(100);
        if (FakeWebSocket.last.readyState === 0) FakeWebSocket.last.fail();
      }
      return FakeWebSocket.all.length - before;
    };
    FakeWebSocket.last.fail();
    const early = await attemptsWithin(10_000);
    const late = await attemptsWithin(10_000);
    expect(early).toBeGreaterThan(late);
    expect(late).toBeGreaterThan(0);
  });

  test("is tried at once when the network is back", async () => {
    await connected();
    FakeWebSocket.last.fail();
    window.dispatchEvent(new Event("online"));
    await vi.advanceTimersByTimeAsync(0);
    expect(FakeWebSocket.all).toHaveLength(2);
  });

  test("is noticed when the other side falls silent", async () => {
    await connected();
    await vi.advanceTimersByTimeAsync(15_000);
    expect(FakeWebSocket.last.sent).toEqual([{ type: "ping" }]);
    await vi.advanceTimersByTimeAsync(15_000);
    expect(links()).toContain("reconnecting");
  });

  test("stays open while the other side answers", async () => {
    await connected();
    for (let round = 0; round < 6; round++) {
      await vi.advanceTimersByTimeAsync(15_000);
      FakeWebSocket.last.tell({ type: "pong", timestamp: "" });
    }
    expect(links()).toEqual(["connecting", "open"]);
  });

  test("is tried again when no ticket could be fetched", async () => {
    ticket.mockRejectedValueOnce(new Error("offline"));
    open();
    await vi.advanceTimersByTimeAsync(1_000);
    expect(FakeWebSocket.all).toHaveLength(1);
  });
});

describe("the end", () => {
  const ended = { code: "session_ended", message: "" };

  test.each([
    [4001, "session_ended"],
    [4008, "too_many_messages"],
    [4009, "too_many_connections"],
  ])("is final when the server says so with %i", async (code, reason) => {
    await connected();
    FakeWebSocket.last.fail(code);
    await vi.advanceTimersByTimeAsync(60_000);
    expect(FakeWebSocket.all).toHaveLength(1);
    expect(listener.onLink).toHaveBeenLastCalledWith({ state: "closed", reason: { code: reason, message: "" } });
  });

  test("a refused ticket is final, with its reason", async () => {
    ticket.mockRejectedValue(new Refusal(ended));
    open();
    await vi.advanceTimersByTimeAsync(60_000);
    expect(ticket).toHaveBeenCalledOnce();
    expect(listener.onLink).toHaveBeenLastCalledWith({ state: "closed", reason: ended });
  });

  test("a closed socket neither speaks nor comes back", async () => {
    const socket = await connected();
    socket.close();
    FakeWebSocket.last.tell(from.delta("t1", "late"));
    await vi.advanceTimersByTimeAsync(60_000);
    expect(listener.onMessage).not.toHaveBeenCalled();
    expect(socket.send({ type: "ping" })).toBe(false);
    expect(FakeWebSocket.all).toHaveLength(1);
  });
});

describe("a doubt about the connection", () => {
  beforeEach(async () => {
    await connected();
    FakeWebSocket.last.tell(from.session());
  });

  test("is settled by an answer", async () => {
    window.dispatchEvent(new Event("offline"));
    expect(FakeWebSocket.last.sent).toEqual([{ type: "ping" }]);
    await vi.advanceTimersByTimeAsync(1);
    FakeWebSocket.last.tell({ type: "pong", timestamp: "" });
    await vi.advanceTimersByTimeAsync(4_000);
    expect(links().at(-1)).toBe("open");
  });

  test("becomes a certainty when nothing answers", async () => {
    await vi.advanceTimersByTimeAsync(1);
    document.dispatchEvent(new Event("visibilitychange"));
    await vi.advanceTimersByTimeAsync(3_100);
    expect(links().at(-1)).toBe("reconnecting");
  });
});
