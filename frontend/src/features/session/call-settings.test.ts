import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { CallSettingsStore } from "./call-settings";

beforeEach(() => localStorage.clear());
afterEach(() => void vi.unstubAllGlobals());

function on(connection: object): CallSettingsStore {
  vi.stubGlobal("navigator", { connection: Object.assign(new EventTarget(), connection) });
  return new CallSettingsStore();
}

test("replies come with the face at first", () => {
  expect(new CallSettingsStore().snapshot()).toMatchObject({ mode: "video", slow: false });
});

test("what was chosen is remembered", () => {
  new CallSettingsStore().choose({ mode: "text", microphone: "usb" });
  expect(new CallSettingsStore().snapshot()).toMatchObject({ mode: "text", microphone: "usb" });
});

test.each([{ effectiveType: "3g" }, { effectiveType: "slow-2g" }, { saveData: true }])(
  "a connection like %o begins with the voice alone",
  (connection) => {
    expect(on(connection).snapshot()).toMatchObject({ mode: "voice", slow: true });
  },
);

test("a good connection begins with the face", () => {
  expect(on({ effectiveType: "4g", saveData: false }).snapshot().mode).toBe("video");
});

test("a picture that comes too slowly is left away, and can be had back", () => {
  const store = new CallSettingsStore();
  store.slowDown();
  expect(store.snapshot()).toMatchObject({ mode: "voice", slow: true });
  store.choose({ mode: "video" });
  expect(store.snapshot()).toMatchObject({ mode: "video", slow: false });
});

test("what the student has chosen is not changed", () => {
  const store = new CallSettingsStore();
  store.choose({ mode: "video" });
  store.slowDown();
  expect(store.snapshot()).toMatchObject({ mode: "video", slow: false });
});

test.each(["no JSON", "null", '{"mode":"opera","microphone":7}'])("nonsense in the storage (%s) does no harm", (kept) => {
  localStorage.setItem("tutor.call", kept);
  expect(new CallSettingsStore().snapshot()).toMatchObject({ mode: "video", microphone: null });
});

test("others are told", () => {
  const store = new CallSettingsStore();
  const told = vi.fn();
  store.subscribe(told);
  store.choose({ microphone: "usb" });
  store.slowDown();
  expect(told).toHaveBeenCalledTimes(2);
});
