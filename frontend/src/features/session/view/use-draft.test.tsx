import { act, renderHook } from "@testing-library/react";
import { afterEach, expect, test } from "vitest";
import { turnInfo } from "@/testing/messages";
import type { Turn } from "../model/state";
import { saidTurn, storedTurn } from "../model/turns";
import { useDraft } from "./use-draft";

afterEach(() => sessionStorage.clear());

const said = saidTurn("a", { kind: "text", content: "Why is the sky blue?" });
const stored = storedTurn(turnInfo());
const page = (turns: readonly Turn[] | null, sessionId = "s1") =>
  renderHook(({ turns }) => useDraft(sessionId, turns), { initialProps: { turns } });
const text = (shown: ReturnType<typeof page>) => shown.result.current[0];

function type(shown: ReturnType<typeof page>, words: string) {
  act(() => shown.result.current[1](words));
}

test("what was being typed is there again after a reload", () => {
  const before = page([]);
  type(before, "Half a quest");
  before.unmount();
  expect(text(page(null))).toBe("Half a quest");
  expect(text(page(null, "another session"))).toBe("");
});

test("nothing is left of what was sent and arrived", () => {
  const before = page([]);
  type(before, "Why is the sky blue?");
  type(before, "");
  before.rerender({ turns: [said] });
  before.rerender({ turns: [{ ...said, id: "t1" }] });
  before.unmount();
  expect(text(page(null))).toBe("");
});

test("what was sent and did not arrive is there again", () => {
  const before = page([said]);
  before.unmount();
  const after = page(null);
  expect(text(after)).toBe("Why is the sky blue?");
  after.rerender({ turns: [] });
  expect(text(after)).toBe("Why is the sky blue?");
});

test("what arrived just before the reload is not asked twice", () => {
  page([said]).unmount();
  const after = page(null);
  after.rerender({ turns: [stored] });
  expect(text(after)).toBe("");
  expect(sessionStorage).toHaveLength(0);
});
