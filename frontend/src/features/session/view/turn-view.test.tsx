import { render, screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { expect, test, vi } from "vitest";
import { turnInfo } from "@/testing/messages";
import type { Turn } from "../model/state";
import { saidTurn, storedTurn } from "../model/turns";
import { TurnView } from "./turn-view";

function show(turn: Turn, onRetry = vi.fn(), canRetry = true) {
  render(<TurnView turn={turn} canRetry={canRetry} onRetry={onRetry} />);
  return onRetry;
}

test("shows what was said and what was answered", () => {
  show(storedTurn(turnInfo()));
  expect(screen.getByTestId("turn-user").textContent).toContain("Why is the sky blue?");
  expect(screen.getByTestId("turn-assistant").textContent).toContain("Because of the air.");
});

test("is not announced before the reply is whole", () => {
  show(saidTurn("a", { kind: "text", content: "Why?" }));
  expect(screen.getByRole("article").getAttribute("aria-busy")).toBe("true");
});

test("a spoken question waits for its words", () => {
  show(saidTurn("a", { kind: "audio", data: "AAAA" }));
  expect(screen.getByTestId("turn-user").textContent).toContain("…");
});

test("a source opens its quote, and closes it", async () => {
  const citations = [{ number: 1, document: "Light", page: 4, quote: "Blue light is scattered most." }];
  show(storedTurn(turnInfo({ citations })));
  expect(screen.queryByText("Blue light is scattered most.")).toBeNull();
  const chip = screen.getByRole("button", { name: /^Source 1\s*Light, p\. 4$/ });
  await userEvent.click(chip);
  expect(screen.getByText("Blue light is scattered most.")).toBeDefined();
  await userEvent.click(chip);
  expect(screen.queryByText("Blue light is scattered most.")).toBeNull();
});

test("says that it was stopped, and what is missing of it", () => {
  show(storedTurn(turnInfo({ status: "interrupted", degraded: ["video"] })));
  expect(screen.getByText("Stopped · Voice only")).toBeDefined();
});

test("what failed can be tried again", async () => {
  const onRetry = show(storedTurn(turnInfo({ status: "failed", reply_text: "", error: "Too slow." })));
  expect(screen.getByRole("alert").textContent).toContain("Too slow.");
  await userEvent.click(screen.getByRole("button", { name: "Try again" }));
  expect(onRetry).toHaveBeenCalledOnce();
});

test("but not without a connection", () => {
  show(storedTurn(turnInfo({ status: "failed", reply_text: "", error: "Too slow." })), undefined, false);
  expect(screen.getByRole<HTMLButtonElement>("button", { name: "Try again" }).disabled).toBe(true);
});

test("a recording of which nothing was understood is not offered again", () => {
  const problem = { code: "nothing_heard", message: "", retryable: false };
  show({ ...saidTurn("a", { kind: "audio", data: "AAAA" }), status: "failed", problem });
  expect(screen.queryByRole("button", { name: "Try again" })).toBeNull();
});
