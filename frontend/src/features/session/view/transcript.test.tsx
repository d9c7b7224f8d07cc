import { act, fireEvent, render, screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { ada, turnInfo } from "@/testing/messages";
import { initialState, type SessionState, type Turn } from "../model/state";
import { storedTurn } from "../model/turns";
import { Transcript } from "./transcript";

let grown: () => void = () => undefined;

beforeEach(() => {
  class FakeResizeObserver {
    constructor(callback: () => void) {
      grown = callback;
    }
    observe = vi.fn();
    disconnect = vi.fn();
  }
  vi.stubGlobal("ResizeObserver", FakeResizeObserver);
});

afterEach(() => {
  vi.unstubAllGlobals();
});

const about = { sessionId: "s1", ended: false, tutor: ada, avatar: null, demoBrain: false };
const actions = { onRetry: vi.fn(), onReplay: vi.fn(), onFollowUp: vi.fn() };
const onAsk = vi.fn();
const turns = (count: number): Turn[] =>
  Array.from({ length: count }, (_, index) => storedTurn(turnInfo({ turn_id: `t${index}`, reply_text: `Reply ${index}.` })));

function page(change: Partial<SessionState> = {}) {
  const state = { ...initialState, about, ...change };
  return <Transcript state={state} connected aloud actions={actions} onDismiss={vi.fn()} onAsk={onAsk} />;
}

/** The conversation as a box of 100 pixels, so high. */
function conversation(height: number, top: number): HTMLElement {
  const box = screen.getByRole("log");
  Object.defineProperties(box, { scrollHeight: { value: height, configurable: true }, clientHeight: { value: 100 } });
  box.scrollTop = top;
  return box;
}

test("begins with the tutor's greeting and questions to ask", async () => {
  render(page());
  expect(screen.getByTestId("greeting").textContent).toBe("Tutor: Hello!");
  await userEvent.click(screen.getByRole("button", { name: "Why is the sky blue?" }));
  expect(onAsk).toHaveBeenCalledExactlyOnceWith("Why is the sky blue?");
});

test("stays at its end while it grows", () => {
  render(page({ turns: turns(3) }));
  const box = conversation(900, 0);
  act(() => grown());
  expect(box.scrollTop).toBe(900);
  expect(screen.queryByTestId("to-end")).toBeNull();
});

test("follows an end that moves faster than it is scrolled", () => {
  render(page({ turns: turns(3) }));
  const box = conversation(900, 0);
  act(() => grown());
  conversation(1_500, 900);
  fireEvent.scroll(box);
  act(() => grown());
  expect(box.scrollTop).toBe(1_500);
});

/** As a reader does. */
function scrollUp(): HTMLElement {
  const box = conversation(900, 800);
  fireEvent.scroll(box);
  box.scrollTop = 100;
  fireEvent.scroll(box);
  return box;
}

test("stays where one reads, and has a way to the end", async () => {
  render(page({ turns: turns(3) }));
  const box = scrollUp();
  act(() => grown());
  expect(box.scrollTop).toBe(100);
  await userEvent.click(screen.getByTestId("to-end"));
  expect(box.scrollTop).toBe(900);
  expect(screen.queryByTestId("to-end")).toBeNull();
});

test("goes to the end with what oneself says", () => {
  const { rerender } = render(page({ turns: turns(3) }));
  const box = scrollUp();
  rerender(page({ turns: turns(4) }));
  expect(box.scrollTop).toBe(900);
});

test("draws of a long conversation only what has changed", () => {
  const many = turns(100);
  const { rerender } = render(page({ turns: many }));
  const before = [...screen.getAllByTestId("turn-assistant")].map((reply) => reply.textContent);
  const watch = new MutationObserver(() => undefined);
  watch.observe(screen.getByRole("log"), { subtree: true, childList: true, characterData: true, attributes: true });
  rerender(page({ turns: many.with(-1, { ...storedTurn(turnInfo({ turn_id: "t99" })), replyText: "Reply 99. And more." }) }));
  const changed = watch.takeRecords().map(({ target }) => target.parentElement?.closest("article"));
  watch.disconnect();
  expect(new Set(changed)).toEqual(new Set([screen.getAllByRole("article").at(-1)]));
  expect(screen.getAllByTestId("turn-assistant").map((reply) => reply.textContent)).toEqual(
    before.with(-1, "Tutor: Reply 99. And more."),
  );
});
