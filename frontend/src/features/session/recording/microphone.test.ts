import { afterEach, describe, expect, test, vi } from "vitest";
import { MAX_AUDIO_BYTES } from "@/config/limits";
import { toBase64 } from "./base64";
import { Recording } from "./recorder";

class FakeRecorder extends EventTarget {
  static supported = ["audio/mp4"];
  static isTypeSupported = (type: string) => FakeRecorder.supported.includes(type);
  static content: BlobPart = "sound";

  state = "inactive";
  ondataavailable: ((event: { data: Blob }) => void) | null = null;
  readonly mimeType: string;

  constructor(_stream: MediaStream, options: { mimeType?: string }) {
    super();
    this.mimeType = options.mimeType ?? "";
  }

  start(): void {
    this.state = "recording";
  }

  stop(): void {
    this.state = "inactive";
    this.ondataavailable?.({ data: new Blob([FakeRecorder.content]) });
    this.dispatchEvent(new Event("stop"));
  }
}

const track = Object.assign(new EventTarget(), { stop: vi.fn() });
const lost = vi.fn();

function browser(getUserMedia: (wanted: MediaStreamConstraints) => Promise<unknown>, secure = true) {
  vi.stubGlobal("navigator", { mediaDevices: { getUserMedia } });
  vi.stubGlobal("MediaRecorder", FakeRecorder);
  vi.stubGlobal("isSecureContext", secure);
}

const working = () => browser(() => Promise.resolve({ getTracks: () => [track] }));

afterEach(() => {
  vi.unstubAllGlobals();
  track.stop.mockReset();
  FakeRecorder.content = "sound";
});

describe("there is no recording, and a code says why, when", () => {
  test.each([
    ["NotAllowedError", "microphone_blocked"],
    ["NotFoundError", "microphone_absent"],
    ["NotReadableError", "microphone_busy"],
    ["SomethingNew", "microphone_failed"],
  ])("the browser says %s", async (name, code) => {
    browser(() => Promise.reject(new DOMException("no", name)));
    await expect(Recording.start(null, lost)).rejects.toMatchObject({ code });
  });

  test("the page came over plain HTTP", async () => {
    vi.stubGlobal("navigator", {});
    vi.stubGlobal("isSecureContext", false);
    await expect(Recording.start(null, lost)).rejects.toMatchObject({ code: "microphone_insecure" });
  });

  test("it came out too large to send", async () => {
    working();
    FakeRecorder.content = new Uint8Array(MAX_AUDIO_BYTES + 1);
    const recording = await Recording.start(null, lost);
    await expect(recording.finish()).rejects.toMatchObject({ code: "audio_too_large" });
    expect(track.stop).toHaveBeenCalled();
  });
});

test("records in what the browser can, and lets go of the microphone", async () => {
  working();
  const blob = await (await Recording.start(null, lost)).finish();
  expect(blob.type).toBe("audio/mp4");
  expect(track.stop).toHaveBeenCalledOnce();
  expect(atob(await toBase64(blob))).toBe("sound");
});

test("what is cancelled lets go of the microphone too", async () => {
  working();
  (await Recording.start(null, lost)).cancel();
  expect(track.stop).toHaveBeenCalledOnce();
});

test("the chosen microphone is the one that is opened; when it is gone, another", async () => {
  const asked: unknown[] = [];
  browser(({ audio }) => {
    const { deviceId } = audio as MediaTrackConstraints;
    asked.push(deviceId);
    return deviceId === undefined ? Promise.resolve({ getTracks: () => [track] }) : Promise.reject(new DOMException("", "OverconstrainedError"));
  });
  await Recording.start("headset", lost);
  expect(asked).toEqual([{ exact: "headset" }, undefined]);
});
