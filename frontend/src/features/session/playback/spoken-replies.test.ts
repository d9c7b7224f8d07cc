import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import type { Mode, SegmentInfo } from "@/api/protocol";
import { FakeVideo } from "@/testing/fake-media";
import { ada, from, turnInfo } from "@/testing/messages";
import { keepPlace } from "./place-kept";
import { SpokenReplies } from "./spoken-replies";

let mode: Mode;
let spoken: SpokenReplies;
let videos: [FakeVideo, FakeVideo];
const onSlow = vi.fn();

const clip: SegmentInfo = {
  segment: 0,
  content: "Hello!",
  duration_ms: 1_000,
  words: null,
  video_url: "/media/0.mp4",
  audio_url: "/media/0.wav",
};
const hello = (turns = [] as ReturnType<typeof turnInfo>[], running: string | null = null) => ({
  ...from.session(turns, running),
  tutor: { ...ada, greeting_clip: clip },
});

function opened(): SpokenReplies {
  const it = new SpokenReplies({ sessionId: "s1", mode: () => mode, onSlow });
  videos = [new FakeVideo(), new FakeVideo()];
  it.player.attach([videos[0].asVideo(), videos[1].asVideo()], null);
  it.open();
  return it;
}

beforeEach(() => {
  mode = "video";
  sessionStorage.clear();
  onSlow.mockReset();
  spoken = opened();
});

afterEach(() => spoken.close());

const playing = () => spoken.player.snapshot().turnId;

describe("the greeting", () => {
  test("is played when nothing was said yet", () => {
    spoken.connected(hello(), false);
    expect(playing()).toBe("greeting");
  });

  test("is not played before a question that is asked at once", () => {
    spoken.connected(hello(), true);
    expect(playing()).toBeNull();
  });

  test("is not played in a session that goes on, nor twice", () => {
    spoken.connected(hello([turnInfo()]), false);
    expect(playing()).toBeNull();
    spoken.connected(hello(), false);
    expect(playing()).toBeNull();
  });

  test("is only read where nothing shall be heard", () => {
    mode = "text";
    spoken.connected(hello(), false);
    expect(playing()).toBeNull();
  });

  test("is silenced without a word to the server", () => {
    spoken.connected(hello(), false);
    expect(spoken.stop()).toBeNull();
    expect(playing()).toBeNull();
  });
});

describe("after a reload", () => {
  const turn = turnInfo({ segments: [clip, { ...clip, segment: 1 }] });

  test("a reply that was being played goes on where it was", async () => {
    keepPlace("s1", { turnId: "t1", ms: 1_200 });
    spoken.connected(hello([turn]), false);
    await vi.waitFor(() => expect(videos[0].currentTime).toBeCloseTo(0.2));
    expect(playing()).toBe("t1");
  });

  test("but only once", () => {
    keepPlace("s1", { turnId: "t1", ms: 1_200 });
    spoken.connected(hello([turn]), false);
    spoken.stop();
    spoken.connected(hello([turn]), false);
    expect(playing()).toBeNull();
  });

  test("and what was stopped stays silent", () => {
    keepPlace("s1", { turnId: "t1", ms: 1_200 });
    spoken.connected(hello([{ ...turn, status: "interrupted" }]), false);
    expect(playing()).toBeNull();
  });

  test("the place is where the reply was when the page was left", () => {
    spoken.segment(from.video("t1", 0, "/media/0.wav"));
    window.dispatchEvent(new Event("pagehide"));
    expect(sessionStorage.getItem("tutor.place.s1")).toContain('"turnId":"t1"');
    spoken.stop();
    window.dispatchEvent(new Event("pagehide"));
    expect(sessionStorage.getItem("tutor.place.s1")).toBeNull();
  });
});

test("where only the voice is wanted, a kept reply is heard without its picture", async () => {
  mode = "voice";
  spoken.replay(turnInfo({ segments: [clip] }));
  await vi.waitFor(() => expect(videos[0].src).toBe("/media/0.wav"));
});

test("a reply that is stopped tells how much was heard", () => {
  spoken.segment(from.video("t1", 0, "/media/0.wav"));
  expect(spoken.stop()).toMatchObject({ turnId: "t1", heardMs: 0 });
});
