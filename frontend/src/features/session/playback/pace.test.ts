import { expect, test } from "vitest";
import { Pace } from "./pace";

function pace(transferMs: number, mediaMs: number, fragments: number): Pace {
  const it = new Pace();
  it.begin();
  for (let fragment = 0; fragment < fragments; fragment++) {
    it.transferred(transferMs);
    it.gained(mediaMs);
  }
  return it;
}

test("what arrives faster than it plays is not slow, however long it goes on", () => {
  expect(pace(300, 320, 100).slow).toBe(false);
});

test("what takes longer to arrive than to play is slow, once it has lasted", () => {
  expect(pace(400, 320, 5).slow).toBe(false);
  expect(pace(400, 320, 12).slow).toBe(true);
});

test("one hitch is forgotten", () => {
  const it = pace(400, 320, 12);
  for (let fragment = 0; fragment < 20; fragment++) {
    it.transferred(10);
    it.gained(320);
  }
  expect(it.slow).toBe(false);
});

test("a reply that waits for more again and again is slow; the next one begins anew", () => {
  const it = new Pace();
  for (let time = 0; time < 3; time++) {
    expect(it.slow).toBe(false);
    it.ranDry();
  }
  expect(it.slow).toBe(true);
  it.begin();
  expect(it.slow).toBe(false);
});
