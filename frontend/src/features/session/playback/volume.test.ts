import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { FakeVideo } from "@/testing/fake-media";
import { ElementVolume, GraphVolume } from "./volume";

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

test("elements are faded in steps, all of them", () => {
  const videos = [new FakeVideo(), new FakeVideo()];
  const volume = new ElementVolume(videos.map((video) => video.asVideo()));
  volume.fade(0, 40);
  vi.advanceTimersByTime(20);
  expect(videos[0]?.volume).toBeCloseTo(0.5);
  vi.advanceTimersByTime(20);
  expect(videos.map((video) => video.volume)).toEqual([0, 0]);
});

test("a fade that is begun in another goes on from where that was", () => {
  const video = new FakeVideo();
  const volume = new ElementVolume([video.asVideo()]);
  volume.fade(0, 40);
  vi.advanceTimersByTime(20);
  volume.fade(1, 20);
  vi.advanceTimersByTime(10);
  expect(video.volume).toBeCloseTo(0.75);
  vi.advanceTimersByTime(100);
  expect(video.volume).toBe(1);
});

test("what is set at once ends a fade", () => {
  const video = new FakeVideo();
  const volume = new ElementVolume([video.asVideo()]);
  volume.fade(0, 40);
  vi.advanceTimersByTime(10);
  volume.set(1);
  vi.advanceTimersByTime(100);
  expect(video.volume).toBe(1);
});

test("in a graph a fade goes by the clock of the sound", () => {
  const asked: unknown[][] = [];
  const gain = {
    setValueAtTime: (value: number, at: number) => asked.push(["set", value, at]),
    setTargetAtTime: (value: number, at: number, seconds: number) => asked.push(["fade", value, at, seconds]),
  };
  const volume = new GraphVolume({ gain, context: { currentTime: 7 } } as unknown as GainNode);
  volume.fade(0, 40);
  volume.set(1);
  expect(asked).toEqual([
    ["fade", 0, 7, 0.01],
    ["set", 1, 7],
  ]);
});
