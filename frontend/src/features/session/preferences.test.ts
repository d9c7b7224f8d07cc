import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { PreferenceStore } from "./preferences";

beforeEach(() => localStorage.clear());
afterEach(() => void vi.unstubAllGlobals());

function on(connection: object): PreferenceStore {
  vi.stubGlobal("navigator", { connection: Object.assign(new EventTarget(), connection) });
  return new PreferenceStore();
}

test("replies come with the face at first", () => {
  expect(new PreferenceStore().snapshot()).toMatchObject({ mode: "video", slow: false, captions: true });
});

test("what was chosen is remembered", () => {
  new PreferenceStore().choose({ mode: "text", captions: false, microphone: "usb" });
  expect(new PreferenceStore().snapshot()).toMatchObject({ mode: "text", captions: false, microphone: "usb" });
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
  const store = new PreferenceStore();
  store.slowDown();
  expect(store.snapshot()).toMatchObject({ mode: "voice", slow: true });
  store.choose({ mode: "video" });
  expect(store.snapshot()).toMatchObject({ mode: "video", slow: false });
});

test("what the student has chosen is not changed", () => {
  const store = new PreferenceStore();
  store.choose({ mode: "video" });
  store.slowDown();
  expect(store.snapshot()).toMatchObject({ mode: "video", slow: false });
});

test.each(["no JSON", "null", '{"mode":"opera","microphone":7}'])("nonsense in the storage (%s) does no harm", (kept) => {
  localStorage.setItem("tutor.preferences", kept);
  expect(new PreferenceStore().snapshot()).toMatchObject({ mode: "video", captions: true, microphone: null });
});

test("others are told", () => {
  const store = new PreferenceStore();
  const told = vi.fn();
  store.subscribe(told);
  store.choose({ captions: false });
  store.slowDown();
  expect(told).toHaveBeenCalledTimes(2);
});
