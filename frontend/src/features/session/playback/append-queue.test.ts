import { beforeEach, describe, expect, test } from "vitest";
import { FakeSourceBuffer } from "@/testing/fake-media";
import { AppendQueue } from "./append-queue";

class Playhead extends EventTarget {
  currentTime = 0;
}

let buffer: FakeSourceBuffer;
let playhead: Playhead;
let stop: AbortController;
let queue: AppendQueue;
let source: EventTarget & { streaming?: boolean };

beforeEach(() => {
  buffer = new FakeSourceBuffer();
  playhead = new Playhead();
  stop = new AbortController();
  source = new EventTarget();
  queue = new AppendQueue(source, buffer.asSourceBuffer(), playhead, stop.signal);
});

const seconds = (length: number) => FakeSourceBuffer.bytesOf(length);

test("a segment begins where the one before it ends", async () => {
  queue.beginSegment();
  await queue.append(seconds(0.32));
  await queue.append(seconds(0.16));
  queue.endSegment();
  queue.beginSegment();
  expect(buffer.timestampOffset).toBeCloseTo(0.48);
  await queue.append(seconds(0.16));
  expect(queue.end).toBeCloseTo(0.64);
});

test("the parser starts afresh after a segment that broke off, and only then", async () => {
  queue.beginSegment();
  await queue.append(seconds(0.16));
  queue.beginSegment();
  expect(buffer.aborted).toBe(1);
  queue.endSegment();
  queue.beginSegment();
  expect(buffer.aborted).toBe(1);
});

describe("when the browser has no more room", () => {
  test("what was played is given up", async () => {
    queue.beginSegment();
    await queue.append(seconds(8));
    playhead.currentTime = 6;
    buffer.room = 8;
    await queue.append(seconds(2));
    expect(buffer.start).toBe(5);
    expect(queue.end).toBe(10);
  });

  test("it waits until something was played", async () => {
    queue.beginSegment();
    await queue.append(seconds(8));
    buffer.room = 8;
    const appended = queue.append(seconds(2));
    playhead.currentTime = 4;
    await Promise.resolve();
    playhead.dispatchEvent(new Event("timeupdate"));
    await appended;
    expect(buffer.start).toBe(3);
  });

  test("stopping ends the waiting", async () => {
    buffer.room = 0;
    queue.beginSegment();
    const appended = queue.append(seconds(2));
    stop.abort();
    await expect(appended).rejects.toThrow("stopped");
  });
});

test("bytes that the browser cannot read are an error", async () => {
  buffer.broken = true;
  await expect(queue.append(seconds(1))).rejects.toThrow("cannot read");
});

test("a segment that broke off comes again in its own place", async () => {
  queue.beginSegment();
  await queue.append(seconds(1));
  queue.endSegment();
  queue.beginSegment();
  await queue.append(seconds(0.5));
  queue.beginAgain();
  expect(buffer.timestampOffset).toBe(1);
  expect(buffer.aborted).toBe(1);
});

test("a source that has enough is given more when it asks, or when little is left", async () => {
  source.streaming = false;
  queue.beginSegment();
  await queue.append(seconds(8));
  const asked = queue.append(seconds(1));
  source.dispatchEvent(new Event("unrelated"));
  await Promise.resolve();
  expect(queue.end).toBe(8);
  source.streaming = true;
  source.dispatchEvent(new Event("startstreaming"));
  await asked;
  expect(queue.end).toBe(9);

  source.streaming = false;
  const needed = queue.append(seconds(1));
  playhead.currentTime = 6;
  playhead.dispatchEvent(new Event("timeupdate"));
  await needed;
  expect(queue.end).toBe(10);
});
