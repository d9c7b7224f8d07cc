import { render, screen } from "@testing-library/react";
import { expect, test } from "vitest";
import type { Limits } from "../model/state";
import { LimitsNote } from "./limits-note";

const unlimited: Limits = { minutesLeft: null, mode: "video", reason: null, message: null };
const shown = (limits: Limits | null) => {
  render(<LimitsNote limits={limits} />);
  return screen.queryByTestId("limits")?.textContent;
};

test("nothing is said where nothing is limited", () => {
  expect(shown(null)).toBeUndefined();
  expect(shown(unlimited)).toBeUndefined();
});

test("what is left of today is told", () => {
  expect(shown({ ...unlimited, minutesLeft: 1 })).toBe("1 minute left today");
});

test("what replies come with is told with its reason", () => {
  expect(shown({ ...unlimited, mode: "voice", reason: "busy" })).toContain("Many are talking right now");
});

test("of a reason that is not known here the server's words are shown", () => {
  expect(shown({ ...unlimited, mode: "text", message: "Maintenance until noon." })).toBe("Maintenance until noon.");
});
