import { render, screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { describe, expect, test, vi } from "vitest";
import { turnInfo } from "@/testing/messages";
import type { Turn } from "../model/state";
import { saidTurn, storedTurn } from "../model/turns";
import { TurnView, type TurnActions } from "./turn-view";

function show(turn: Turn, more: Partial<Parameters<typeof TurnView>[0]> = {}) {
  const actions = { onRetry: vi.fn<TurnActions["onRetry"]>(), onReplay: vi.fn(), onFollowUp: vi.fn() };
  render(<TurnView turn={turn} connected actions={actions} {...more} />);
  return actions;
}

const reply = () => screen.getByTestId("turn-assistant").textContent;

test("shows what was said and what was answered", () => {
  show(storedTurn(turnInfo()));
  expect(screen.getByTestId("turn-user").textContent).toContain("Why is the sky blue?");
  expect(reply()).toContain("Because of the air.");
});

test("is busy before the reply is whole", () => {
  show(saidTurn("a", { kind: "text", content: "Why?" }));
  expect(screen.getByRole("article").getAttribute("aria-busy")).toBe("true");
});

test("a spoken question waits for its words, and can be heard", () => {
  show(saidTurn("a", { kind: "audio", data: "AAAA" }));
  expect(screen.getByTestId("turn-user").textContent).toContain("…");
  expect(screen.getByRole<HTMLButtonElement>("button", { name: "Play what you said" }).disabled).toBe(false);
});

describe("sources", () => {
  const citations = [
    { number: 1, document: "Light", page: 4, quote: "Blue light is scattered most." },
    { number: 2, document: "Air", page: null, quote: "Air is a gas." },
  ];
  /** The passage that a button opens. */
  const passage = (name: RegExp) =>
    document.getElementById(screen.getByRole("button", { name }).getAttribute("popovertarget") ?? "")?.textContent;

  test("are marks in the text, which open their passage", () => {
    show(storedTurn(turnInfo({ reply_text: "It is blue [1].", citations })));
    expect(reply()).toBe("Tutor: It is blue 1.");
    expect(passage(/^Source 1: Light$/)).toBe("1Light, p. 4Blue light is scattered most.");
    expect(screen.queryByRole("list", { name: "Sources" })).toBeNull();
  });

  test("stand below a text that has no marks", () => {
    show(storedTurn(turnInfo({ reply_text: "It is blue.", citations })));
    expect(screen.getByRole("list", { name: "Sources" })).toBeDefined();
    expect(passage(/^Source 2\s*Air$/)).toBe("2AirAir is a gas.");
  });

  test("of which nothing is known are numbers in brackets", () => {
    show(storedTurn(turnInfo({ reply_text: "It is blue [7].", citations })));
    expect(reply()).toContain("blue [7].");
  });
});

describe("what can be done with a reply", () => {
  test("is to replay it, and to ask on while it is the latest", async () => {
    const actions = show({ ...storedTurn(turnInfo()), spoken: true }, { latest: true });
    await userEvent.click(screen.getByRole("button", { name: "Play this reply again" }));
    await userEvent.click(screen.getByRole("button", { name: "Explain again" }));
    await userEvent.click(screen.getByRole("button", { name: "Simpler" }));
    expect(actions.onReplay).toHaveBeenCalledExactlyOnceWith("t1");
    expect(actions.onFollowUp.mock.calls).toEqual([["again"], ["simpler"]]);
  });

  test("does not include asking on when others came after it, or without a connection", () => {
    show(storedTurn(turnInfo()));
    show(storedTurn(turnInfo()), { latest: true, connected: false });
    expect(screen.queryByRole("button", { name: "Simpler" })).toBeNull();
  });

  test("does not include a replay of what was only written", () => {
    show(storedTurn(turnInfo()));
    expect(screen.queryByRole("button", { name: "Play this reply again" })).toBeNull();
  });

  test("is nothing while it is being written", () => {
    show({ ...saidTurn("a", { kind: "text", content: "Why?" }), status: "speaking", replyText: "Because" });
    expect(screen.queryByRole("button")).toBeNull();
  });
});

describe("waiting", () => {
  const sent = saidTurn("a", { kind: "text", content: "Why?" });

  test.each([
    [{ position: 2, waitMs: 21_000 }, "2 before you, about 20 seconds"],
    [{ position: 1, waitMs: 130_000 }, "1 before you, about 2 minutes"],
    [{ position: 0, waitMs: null }, "You are next"],
  ])("in line shows the place: %j", (place, words) => {
    show(sent, { stage: { name: "queued", ...place } });
    expect(screen.getByRole("status").textContent).toBe(words);
  });

  test("for a reply that is being thought shows no place", () => {
    show(sent, { stage: { name: "thinking", position: null, waitMs: null } });
    expect(screen.queryByRole("status")).toBeNull();
  });
});

test("says that a reply is not from the material", () => {
  show(storedTurn(turnInfo({ beyond_material: true })));
  expect(screen.getByTestId("turn-note").textContent).toBe("Not from the material");
});

test("says that it was stopped, and what is missing of it and why", () => {
  show(storedTurn(turnInfo({ status: "interrupted", degraded: ["video"], degraded_reason: "busy" })));
  expect(screen.getByTestId("turn-note").textContent).toBe("Stopped · Voice only · many are talking right now");
});

describe("what failed", () => {
  const failed = storedTurn(turnInfo({ status: "failed", reply_text: "", error: "timeout" }));

  test("says so in words, and can be tried again", async () => {
    const actions = show(failed);
    expect(screen.getByRole("alert").textContent).toContain("The tutor did not answer in time.");
    await userEvent.click(screen.getByRole("button", { name: "Try again" }));
    expect(actions.onRetry).toHaveBeenCalledExactlyOnceWith("t1");
  });

  test("can not without a connection", () => {
    show(failed, { connected: false });
    expect(screen.getByRole<HTMLButtonElement>("button", { name: "Try again" }).disabled).toBe(true);
  });

  test("is only told in a session that is over", () => {
    render(<TurnView turn={failed} />);
    expect(screen.queryByRole("button", { name: "Try again" })).toBeNull();
  });

  test("as a recording of which nothing was understood is not offered again", () => {
    const problem = { code: "nothing_heard", message: "", retryable: false };
    show({ ...saidTurn("a", { kind: "audio", data: "AAAA" }), status: "failed", problem });
    expect(screen.queryByRole("button", { name: "Try again" })).toBeNull();
  });
});
