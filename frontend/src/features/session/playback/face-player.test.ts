import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import type { SegmentInfo } from "@/api/protocol";
import { FakeMediaSource, FakeSourceBuffer, FakeVideo } from "@/testing/fake-media";
import { from, turnInfo } from "@/testing/messages";
import { FacePlayer } from "./face-player";

let video: FakeVideo;
let idle: FakeVideo;
let other: FakeVideo;
let player: FacePlayer;

beforeEach(() => {
  vi.useFakeTimers();
  vi.stubGlobal("matchMedia", () => ({ matches: false }));
  vi.stubGlobal("MediaSource", FakeMediaSource);
  vi.stubGlobal("URL", { createObjectURL: () => "blob:stream", revokeObjectURL: () => undefined });
  FakeMediaSource.last = null;
  video = new FakeVideo();
  other = new FakeVideo();
  idle = new FakeVideo();
  idle.src = "/idle.mp4";
  idle.paused = false;
  player = new FacePlayer();
  player.attach([video.asVideo(), other.asVideo()], idle.asVideo());
});

afterEach(() => {
  vi.unstubAllGlobals();
  vi.useRealTimers();
});

const played = () => FakeMediaSource.last?.buffer.buffered.end(0);
const settle = (ms = 0) => vi.advanceTimersByTimeAsync(ms);

async function fragment(segment: number, index: number, seconds = 1, last = false, turn = "t1"): Promise<void> {
  player.fragment(from.fragment(turn, segment, index, last), FakeSourceBuffer.bytesOf(seconds));
  await settle();
}

async function playTo(second: number): Promise<void> {
  video.present(second);
  video.happen("timeupdate");
  await settle();
}

describe("the picture", () => {
  test("of speech is shown only when it has been presented, and the idle one rests only after that", async () => {
    await fragment(0, 0);
    expect(video.paused).toBe(false);
    expect(video.dataset.state).toBe("idle");
    video.present(0.04);
    expect(video.dataset.state).toBe("speaking");
    expect(idle.paused).toBe(false);
    await settle(500);
    expect(idle.paused).toBe(true);
  });

  test("is not shown while there is not enough to play on", async () => {
    video.readyState = 2;
    await fragment(0, 0);
    video.present(0);
    expect(video.dataset.state).toBe("idle");
  });

  test("goes back to the idle one only when that moves again", async () => {
    await fragment(0, 0, 1, true);
    await playTo(0.04);
    await settle(500);
    player.finish("t1");
    await playTo(1);
    await settle(10);
    expect(idle.paused).toBe(false);
    expect(video.dataset.state).toBe("speaking");
    idle.present(0.04);
    await settle();
    expect(video.dataset.state).toBe("idle");
    await settle(200);
    expect(video.src).toBe("");
    expect(player.snapshot().speaking).toBe(false);
  });

  test("goes back also when the idle film does not come", async () => {
    idle.refusal = new DOMException("no", "NotSupportedError");
    await fragment(0, 0, 1, true);
    await playTo(0.04);
    await settle(500);
    player.stop();
    await settle(300);
    expect(video.dataset.state).toBe("idle");
  });
});

describe("a reply", () => {
  test("is not over while the server may still send more of it", async () => {
    await fragment(0, 0, 1, true);
    await playTo(1);
    await settle(1_000);
    expect(player.snapshot().speaking).toBe(true);
  });

  test("has the words of the segment that is played as its caption", async () => {
    await fragment(0, 0, 1, true);
    await fragment(1, 0, 1, true);
    await playTo(0.5);
    expect(player.snapshot().caption.content).toBe("Sentence 0.");
    await playTo(1.5);
    expect(player.snapshot().caption.content).toBe("Sentence 1.");
  });

  test("begins when a little lies ahead, not with the first crumb", async () => {
    await fragment(0, 0, 0.16);
    expect(video.paused).toBe(true);
    await fragment(0, 1, 0.24);
    expect(video.paused).toBe(false);
  });

  test("begins with less when that is all there is", async () => {
    await fragment(0, 0, 0.16, true);
    expect(video.paused).toBe(false);
  });

  test("that broke off at its first crumb is played all the same", async () => {
    await fragment(0, 0, 0.16);
    player.finish("t1");
    await settle();
    expect(video.paused).toBe(false);
  });

  test("that runs dry rests and goes on when enough has come", async () => {
    await fragment(0, 0, 0.4);
    await playTo(0.4);
    video.happen("waiting");
    expect(video.paused).toBe(true);
    await fragment(0, 1, 0.2);
    expect(video.paused).toBe(true);
    await fragment(0, 2, 0.6);
    expect(video.paused).toBe(false);
  });

  test("that runs dry again and again waits for more each time", async () => {
    await fragment(0, 0, 0.4);
    for (const [index, until, enough] of [
      [1, 0.4, 0.6],
      [2, 1, 1.2],
      [3, 2.2, 2.4],
    ] as const) {
      await playTo(until);
      video.happen("waiting");
      expect(video.paused).toBe(true);
      await fragment(0, index * 2, enough / 2);
      expect(video.paused).toBe(true);
      await fragment(0, index * 2 + 1, enough / 2);
      expect(video.paused).toBe(false);
    }
  });

  test("that runs dry goes on with the last of a segment, however short", async () => {
    await fragment(0, 0, 0.4);
    await playTo(0.4);
    video.happen("waiting");
    await fragment(0, 1, 0.2, true);
    expect(video.paused).toBe(false);
  });

  test("told again after a reconnection is played once", async () => {
    await fragment(0, 0);
    await fragment(0, 1);
    await fragment(0, 0);
    await fragment(0, 1);
    await fragment(0, 2);
    expect(played()).toBe(3);
  });

  test("that broke off goes on with its next segment", async () => {
    await fragment(0, 0);
    player.fragment(from.fragment("t1", 0, -1, true), new ArrayBuffer(0));
    await fragment(1, 0);
    expect(FakeMediaSource.last?.buffer.timestampOffset).toBe(1);
  });

  test("that is over leaves the video to the next one", async () => {
    await fragment(0, 0, 1, true);
    player.finish("t1");
    await playTo(1);
    await settle(500);
    await fragment(3, 0, 1, true, "t2");
    await playTo(0.5);
    const captions: string[] = [];
    player.subscribe(() => captions.push(player.snapshot().caption.content));
    await playTo(0.6);
    expect(player.snapshot().caption.content).toBe("Sentence 3.");
    expect(captions).toEqual([]);
  });

  test("of another turn takes the place of the one that is played", async () => {
    await fragment(0, 0);
    video.present(0.5);
    await fragment(0, 0, 1, false, "t2");
    expect(played()).toBe(1);
  });
});

describe("a segment without a picture", () => {
  test("is heard in its place, after what came before and before what comes after", async () => {
    await fragment(0, 0, 1, true);
    player.segment(from.video("t1", 1, "/media/1.wav"));
    await fragment(2, 0, 1, true);
    expect(other.src).toBe("");
    expect(played()).toBe(1);
    await playTo(1);
    expect(other).toMatchObject({ src: "/media/1.wav", paused: false });
    expect(player.snapshot()).toMatchObject({ caption: { content: "Sentence 1." }, voiceOnly: true });
    other.happen("ended");
    await settle();
    expect(played()).toBe(2);
    await playTo(1.5);
    expect(player.snapshot()).toMatchObject({ caption: { content: "Sentence 2." }, voiceOnly: false });
  });

  test("and without sound has nothing to play", async () => {
    player.segment(from.video("t1", 0, null));
    await settle();
    expect(player.snapshot().speaking).toBe(false);
  });

  test("whose sound cannot be played says so", async () => {
    player.segment(from.video("t1", 0, "/media/0.wav"));
    await settle();
    video.happen("error");
    await settle();
    expect(player.snapshot()).toMatchObject({ speaking: false, failed: true });
  });
});

describe("stopping", () => {
  test("is silent at once and tells what was heard", async () => {
    await fragment(0, 0, 1, true);
    await fragment(1, 0, 1, true);
    await playTo(1.5);
    expect(player.stop()).toEqual({ turnId: "t1", heardMs: 1_500, heard: "Sentence 0. Sentence" });
    await settle(50);
    expect(video.paused).toBe(true);
    expect(player.snapshot().speaking).toBe(false);
  });

  test("counts the segments that were only heard", async () => {
    player.segment(from.video("t1", 0, "/media/0.wav"));
    await settle();
    video.happen("ended");
    await fragment(1, 0, 1, true);
    await playTo(0.5);
    expect(player.stop()?.heardMs).toBe(1_500);
  });

  test("takes nothing more of that turn", async () => {
    await fragment(0, 0);
    player.stop();
    await fragment(0, 1);
    expect(player.snapshot().speaking).toBe(false);
    expect(player.stop()).toBeNull();
  });
});

test("a browser that wants a gesture gets one", async () => {
  video.refusal = new DOMException("no gesture yet", "NotAllowedError");
  await fragment(0, 0);
  expect(player.snapshot().blocked).toBe(true);
  video.refusal = null;
  player.unlock();
  await settle();
  expect(video.paused).toBe(false);
  expect(player.snapshot().blocked).toBe(false);
});

const kept = (segment: number, change: Partial<SegmentInfo> = {}): SegmentInfo => ({
  segment,
  content: `Sentence ${segment}.`,
  duration_ms: 1_000,
  video_url: `/media/${segment}.mp4`,
  words: null,
  audio_url: `/media/${segment}.wav`,
  ...change,
});

function serve(seconds = 1): void {
  vi.stubGlobal("fetch", (url: string) =>
    Promise.resolve({ ok: !url.includes("gone"), arrayBuffer: () => Promise.resolve(FakeSourceBuffer.bytesOf(seconds)) }),
  );
}

describe("what is kept", () => {
  test("of a reply that became whole meanwhile is played from where the stream broke off", async () => {
    serve();
    await fragment(0, 0, 1, true);
    await fragment(1, 0, 0.4);
    player.catchUp([turnInfo({ segments: [kept(0), kept(1), kept(2)] })], null);
    await settle();
    expect(FakeMediaSource.last?.buffer.timestampOffset).toBeCloseTo(2.4);
    await playTo(2.5);
    expect(player.snapshot().caption.content).toBe("Sentence 2.");
  });

  test("is played as one stream", async () => {
    serve();
    player.replay("t1", [kept(0), kept(1)]);
    await settle();
    expect(played()).toBe(2);
    await playTo(1.5);
    expect(player.snapshot()).toMatchObject({ speaking: true, turnId: "t1", caption: { content: "Sentence 1." } });
    await playTo(2);
    await settle(500);
    expect(player.snapshot().speaking).toBe(false);
  });

  test("can be played again and again", async () => {
    serve();
    for (let time = 0; time < 2; time++) {
      player.replay("t1", [kept(0)]);
      await settle();
      expect(player.snapshot().speaking).toBe(true);
      await playTo(1);
      await settle(500);
      video.currentTime = 0;
    }
  });

  test("goes on where it was heard last", async () => {
    serve();
    player.replay("t1", [kept(0), kept(1)], 1_400);
    await settle();
    expect(video.currentTime).toBe(1.4);
    expect(player.stop()?.heardMs).toBe(1_400);
  });

  test("whose picture is gone is heard by its address", async () => {
    serve();
    player.replay("t1", [kept(0, { video_url: "/media/gone.mp4" })]);
    await settle();
    expect(video).toMatchObject({ src: "/media/gone.mp4", paused: false });
  });
});

describe("a browser without media sources", () => {
  beforeEach(() => vi.stubGlobal("MediaSource", undefined));

  test("plays the segments by two elements in turn, and loads the next one while one plays", async () => {
    for (const segment of [0, 1, 2]) player.segment({ ...from.video("t1", segment, null), video_url: `/media/${segment}.mp4` });
    await settle();
    expect(video).toMatchObject({ src: "/media/0.mp4", paused: false });
    expect(other).toMatchObject({ src: "/media/1.mp4", paused: true });
    video.present(0.04);
    expect(video.dataset.state).toBe("speaking");
    video.happen("ended");
    await settle();
    expect(other.paused).toBe(false);
    expect(video.src).toBe("/media/2.mp4");
    expect(video.dataset.state).toBe("speaking");
    other.present(0.04);
    await settle(500);
    expect([video, other].map((element) => element.dataset.state)).toEqual(["idle", "speaking"]);
  });

  test("goes on in the middle", async () => {
    player.resume({ turnId: "t1", ms: 1_300 });
    for (const segment of [0, 1]) player.segment(from.video("t1", segment, `/media/${segment}.wav`));
    await settle();
    expect(video).toMatchObject({ src: "/media/1.wav", paused: false });
    expect(video.currentTime).toBeCloseTo(0.3);
  });
});

test("whoever joins in the middle of a segment hears the next one", async () => {
  await fragment(2, 3);
  expect(FakeMediaSource.last).toBeNull();
  await fragment(3, 0);
  expect(played()).toBe(1);
});
