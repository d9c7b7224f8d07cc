import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { VoiceRight } from "./voice-right";

type Hold = () => Promise<void>;

/** Locks of one name, as browsers have them. */
class FakeLocks {
  private holder: ((error: DOMException) => void) | null = null;
  private readonly queue: (() => void)[] = [];

  request(_name: string, options: LockOptions, hold: Hold): Promise<void> {
    return new Promise((resolve, reject) => {
      const grant = () => {
        this.holder = reject;
        void hold().then(() => {
          if (this.holder !== reject) return;
          this.holder = null;
          resolve();
          this.queue.shift()?.();
        });
      };
      if (options.steal) {
        this.holder?.(new DOMException("stolen", "AbortError"));
        grant();
      } else if (this.holder === null) grant();
      else {
        this.queue.push(grant);
        options.signal?.addEventListener("abort", () => {
          this.queue.splice(this.queue.indexOf(grant), 1);
          reject(new DOMException("aborted", "AbortError"));
        });
      }
    });
  }
}

beforeEach(() => vi.stubGlobal("navigator", { locks: new FakeLocks() }));
afterEach(() => void vi.unstubAllGlobals());

const settle = () => new Promise((resolve) => setTimeout(resolve));

async function tabs() {
  const lost = [vi.fn(), vi.fn()];
  const [first, second] = lost.map((onLost) => new VoiceRight("s1", onLost)) as [VoiceRight, VoiceRight];
  first.open();
  second.open();
  await settle();
  return { first, second, lost };
}

test("the first tab has it", async () => {
  const { first, second } = await tabs();
  expect([first.mine, second.mine]).toEqual([true, false]);
});

test("the one that asks takes it, and the other one is told", async () => {
  const { first, second, lost } = await tabs();
  second.claim();
  expect(second.mine).toBe(true);
  await settle();
  expect([first.mine, second.mine]).toEqual([false, true]);
  expect(lost.map((call) => call.mock.calls.length)).toEqual([1, 0]);
});

test("it goes to and fro", async () => {
  const { first, second } = await tabs();
  for (const tab of [second, first, second, first]) {
    tab.claim();
    await settle();
    expect(tab.mine).toBe(true);
    expect([first, second].filter((one) => one.mine)).toHaveLength(1);
  }
});

test("it is left to the other tab on leaving", async () => {
  const { first, second } = await tabs();
  first.close();
  await settle();
  expect(second.mine).toBe(true);
});

test("a browser without locks lets every tab speak", () => {
  vi.stubGlobal("navigator", {});
  expect(new VoiceRight("s1", vi.fn()).mine).toBe(true);
});
