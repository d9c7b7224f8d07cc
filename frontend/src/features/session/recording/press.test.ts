import { expect, test, vi } from "vitest";
import { HOLD_MS, Press } from "./press";

function talk(phase: "off" | "asking" | "recording" | "finishing") {
  return { phase, start: vi.fn(), finish: vi.fn() };
}

test("letting go after holding sends", () => {
  const press = new Press();
  press.down(talk("off"), 0);
  const recording = talk("recording");
  press.up(recording, HOLD_MS);
  expect(recording.finish).toHaveBeenCalledOnce();
});

test("a tap begins, and the next tap sends", () => {
  const press = new Press();
  const off = talk("off");
  press.down(off, 0);
  expect(off.start).toHaveBeenCalledOnce();
  const recording = talk("recording");
  press.up(recording, 100);
  expect(recording.finish).not.toHaveBeenCalled();
  press.down(recording, 3_000);
  press.up(recording, 3_900);
  expect(recording.finish).toHaveBeenCalledOnce();
});

test("who lets go while permission is asked for goes on by tapping", () => {
  const press = new Press();
  press.down(talk("off"), 0);
  const asking = talk("asking");
  press.up(asking, 5_000);
  expect(asking.finish).not.toHaveBeenCalled();
});

test("nothing happens while the last recording is being sent", () => {
  const finishing = talk("finishing");
  new Press().down(finishing, 0);
  expect(finishing.start).not.toHaveBeenCalled();
});
