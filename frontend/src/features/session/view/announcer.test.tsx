import { render, screen } from "@testing-library/react";
import { expect, test } from "vitest";
import { turnInfo } from "@/testing/messages";
import type { Turn } from "../model/state";
import { saidTurn, storedTurn } from "../model/turns";
import { Announcer } from "./announcer";

const growing = (replyText: string): Turn => ({ ...saidTurn("a", { kind: "text", content: "Why?" }), replyText });
const told = () => screen.getByTestId("announcer").textContent.trim();

test("a reply is read by whole sentences, each as it stands", () => {
  const { rerender } = render(<Announcer turn={growing("")} spoken={false} />);
  rerender(<Announcer turn={growing("It is **blue**. Bec")} spoken={false} />);
  expect(told()).toBe("It is blue.");
  const first = screen.getByText("It is blue.");
  rerender(<Announcer turn={{ ...growing("It is **blue**. Because of the air."), settled: true }} spoken={false} />);
  expect(told()).toBe("It is blue. Because of the air.");
  expect(screen.getByText("It is blue.")).toBe(first);
});

test("what was there when one came is not read", () => {
  const { rerender } = render(<Announcer turn={null} spoken={false} />);
  rerender(<Announcer turn={storedTurn(turnInfo())} spoken={false} />);
  expect(told()).toBe("");
});

test("what is spoken is not read too", () => {
  render(<Announcer turn={growing("It is blue. Because")} spoken />);
  expect(told()).toBe("");
});
