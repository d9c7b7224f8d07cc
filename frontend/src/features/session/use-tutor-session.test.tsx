import { act, render } from "@testing-library/react";
import { Suspense, use } from "react";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { keepTicket } from "@/api/engine-tickets";
import { FakeWebSocket } from "@/testing/fake-web-socket";
import { from } from "@/testing/messages";
import { useTutorSession } from "./use-tutor-session";

beforeEach(() => {
  vi.stubGlobal("WebSocket", FakeWebSocket);
  FakeWebSocket.all = [];
});

afterEach(() => {
  vi.unstubAllGlobals();
});

function Page({ ready }: { ready: Promise<void> }) {
  const { state } = useTutorSession("s1");
  use(ready);
  return <p>{state.link.state}</p>;
}

test("a rendering that React throws away takes neither the ticket nor the first question", async () => {
  keepTicket("s1", { engine_url: "ws://tutor/ws/ws/s1", engine_token: "fresh", firstQuestion: "Why?" });
  const ready = Promise.resolve();
  await act(async () => {
    render(
      <Suspense>
        <Page ready={ready} />
      </Suspense>,
    );
    await ready;
  });
  expect(FakeWebSocket.last.url).toContain("token=fresh");
  act(() => {
    FakeWebSocket.last.accept();
    FakeWebSocket.last.tell(from.session());
  });
  expect(FakeWebSocket.last.sent).toEqual([{ type: "text", content: "Why?", mode: "video" }]);
});
