import { fireEvent, render, screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { useState } from "react";
import { expect, test, vi } from "vitest";
import { MAX_TEXT } from "@/config/limits";
import { Composer } from "./composer";

function Field({ connected, onSend }: { connected: boolean; onSend: (content: string) => boolean }) {
  const [text, setText] = useState("");
  return <Composer text={text} onText={setText} connected={connected} closed={false} onSend={onSend} />;
}

function composer(onSend = vi.fn(() => true), connected = true) {
  render(<Field connected={connected} onSend={onSend} />);
  return { onSend, field: screen.getByRole<HTMLTextAreaElement>("textbox", { name: "Your question" }) };
}

test("Enter sends and empties the field", async () => {
  const { onSend, field } = composer();
  await userEvent.type(field, "  Why? {Enter}");
  expect(onSend).toHaveBeenCalledExactlyOnceWith("Why?");
  expect(field.value).toBe("");
});

test("Shift and Enter begin a new line", async () => {
  const { onSend, field } = composer();
  await userEvent.type(field, "one{Shift>}{Enter}{/Shift}two");
  expect(onSend).not.toHaveBeenCalled();
  expect(field.value).toBe("one\ntwo");
});

test("the Enter that takes a composed word does not send", () => {
  const { onSend, field } = composer();
  fireEvent.change(field, { target: { value: "你好" } });
  fireEvent.keyDown(field, { key: "Enter", isComposing: true });
  expect(onSend).not.toHaveBeenCalled();
});

test("what could not be sent stays", async () => {
  const { field } = composer(vi.fn(() => false));
  await userEvent.type(field, "Why?{Enter}");
  expect(field.value).toBe("Why?");
});

test("without a connection one can write, but not send", async () => {
  const { onSend, field } = composer(undefined, false);
  await userEvent.type(field, "Why?{Enter}");
  expect(onSend).not.toHaveBeenCalled();
  expect(field.value).toBe("Why?");
  expect(screen.getByRole<HTMLButtonElement>("button", { name: "Send" }).disabled).toBe(true);
});

test("nothing but spaces is not sent", async () => {
  const { onSend, field } = composer();
  await userEvent.type(field, "   {Enter}");
  expect(onSend).not.toHaveBeenCalled();
});

test("near the limit it counts, and over it it does not send", () => {
  const { onSend, field } = composer();
  fireEvent.change(field, { target: { value: "x".repeat(100) } });
  expect(screen.queryByRole("status")).toBeNull();
  fireEvent.change(field, { target: { value: "x".repeat(MAX_TEXT - 5) } });
  expect(screen.getByRole("status").textContent).toBe("5 left");
  fireEvent.change(field, { target: { value: "x".repeat(MAX_TEXT + 2) } });
  expect(screen.getByRole("status").textContent).toBe("2 characters too many: shorten it to send it");
  fireEvent.keyDown(field, { key: "Enter" });
  expect(onSend).not.toHaveBeenCalled();
});
