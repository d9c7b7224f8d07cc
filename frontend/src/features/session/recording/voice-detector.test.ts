import { describe, expect, test } from "vitest";
import { FRAME_MS, FRAME_SAMPLES, frames } from "./frame";
import { VoiceDetector, type Heard } from "./voice-detector";

/** Numbers that look like chance and are the same each time. */
function chance(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state * 1_664_525 + 1_013_904_223) % 2 ** 32;
    return state / 2 ** 32;
  };
}

const NOISE_DB = -70;
const add = (...levels: number[]) => 10 * Math.log10(levels.reduce((sum, db) => sum + 10 ** (db / 10), 0));

/** The loudness of somebody who speaks: syllables, and pauses between the words. */
function speech(random: () => number, length: number, loudDb: number): number[] {
  const levels: number[] = [];
  while (levels.length < length) {
    const syllable = 3 + Math.floor(random() * 5);
    const loud = loudDb - random() * 10;
    for (let frame = 0; frame < syllable; frame++) levels.push(loud - Math.abs(frame - syllable / 2) * 2);
    const pause = random() < 0.25 ? 8 + Math.floor(random() * 8) : Math.floor(random() * 3);
    for (let frame = 0; frame < pause; frame++) levels.push(NOISE_DB);
  }
  return levels.slice(0, length);
}

interface Scene {
  tutor: number[];
  student: number[];
  /** How the tutor comes back by the microphone. */
  gainDb?: number;
  delay?: number;
  /** The page obeys: it is silent from an onset on until it was an aside, and for good when it is interrupted. */
  obedient?: boolean;
  echoCancelled?: boolean;
  /** The frame from which on the tutor speaks. */
  tutorFrom?: number;
  /** The frame from which on the model takes the student for a voice. */
  sureAfter?: number;
}

interface Told {
  at: number;
  heard: Heard;
}

function play({ tutor, student, gainDb = -200, delay = 0, obedient = true, echoCancelled = false, sureAfter = 0, tutorFrom = 0 }: Scene): Told[] {
  const detector = new VoiceDetector({ echoCancelled });
  const told: Told[] = [];
  const played: number[] = [];
  let hushed = false;
  let interrupted = false;
  const length = Math.max(tutor.length, student.length);
  for (let at = 0; at < length; at++) {
    const playbackDb = (obedient && hushed) || interrupted ? -100 : (tutor[at] ?? -100);
    played.push(playbackDb);
    const echo = (played[at - delay] ?? -100) + gainDb;
    const voice = student[at] ?? NOISE_DB;
    const microphoneDb = add(NOISE_DB, echo, voice);
    const heard = detector.hear({
      samples: new Float32Array(FRAME_SAMPLES).fill(at),
      speech: Math.max(echo, at < sureAfter ? -200 : voice) > NOISE_DB + 12 ? 0.95 : 0.02,
      microphoneDb,
      playbackDb,
      tutorSpeaks: at >= tutorFrom && at < tutor.length && !interrupted,
    });
    if (heard === null) continue;
    told.push({ at, heard });
    if (heard.type === "onset" || heard.type === "hint") hushed = true;
    if (heard.type === "aside") hushed = false;
    if (heard.type === "interruption") interrupted = true;
  }
  return told;
}

const types = (told: Told[]) => told.map(({ heard }) => heard.type);
const silence = (ms: number) => Array.from({ length: frames(ms) }, () => NOISE_DB);
const said = (ms: number, db = -28) => Array.from({ length: frames(ms) }, () => db);

describe("to a tutor who waits", () => {
  test("a question is one utterance, from a little before its first sound", () => {
    const told = play({ tutor: [], student: [...silence(1_000), ...said(1_500), ...silence(300), ...said(900), ...silence(1_500)] });
    expect(types(told)).toEqual(["onset", "utterance"]);
    const last = told.at(-1)?.heard;
    if (last?.type !== "utterance") throw new Error("nothing was said");
    const begun = last.samples[0] ?? 0;
    expect(begun).toBeLessThan(frames(1_000));
    expect(begun).toBeGreaterThan(frames(400));
    expect((last.samples.length / FRAME_SAMPLES) * FRAME_MS).toBeGreaterThan(2_700 + 700);
    expect(last.cut).toBe(false);
  });

  test("a short word is an answer", () => {
    expect(types(play({ tutor: [], student: [...silence(500), ...said(250), ...silence(1_500)] }))).toEqual(["onset", "utterance"]);
  });

  test("a click is not", () => {
    expect(types(play({ tutor: [], student: [...silence(500), ...said(64), ...silence(1_500)] }))).toEqual([]);
    expect(types(play({ tutor: [], student: [...silence(500), ...said(120), ...silence(1_500)] }))).toEqual(["onset", "aside"]);
  });

  test("who does not stop is cut before the limit", () => {
    const told = play({ tutor: [], student: [...silence(500), ...said(62_000)] });
    expect(types(told).slice(0, 2)).toEqual(["onset", "utterance"]);
    expect(told[1]?.heard).toMatchObject({ cut: true });
    expect((told[1]?.at ?? 0) * FRAME_MS).toBeLessThan(60_000);
  });

  test("what was said until the microphone was pulled out is kept", () => {
    const detector = new VoiceDetector({ echoCancelled: false });
    const frame = { samples: new Float32Array(FRAME_SAMPLES), playbackDb: -100, tutorSpeaks: false, microphoneDb: -30 };
    expect(detector.flush()).toBeNull();
    for (let at = 0; at < frames(1_000); at++) detector.hear({ ...frame, speech: 0.9 });
    expect(detector.flush()?.type).toBe("utterance");
    expect(detector.flush()).toBeNull();
  });
});

describe("over a tutor who speaks", () => {
  const tutor = (seed: number, ms = 12_000) => speech(chance(seed), frames(ms), -18);

  test("somebody is noticed within 100 ms, and has interrupted within 600", () => {
    for (let seed = 1; seed <= 15; seed++) {
      const at = frames(6_000);
      const told = play({ tutor: tutor(seed), student: [...silence(6_000), ...said(3_000)], gainDb: -30, delay: seed % 9 });
      expect(types(told).slice(0, 3)).toEqual(["hint", "onset", "interruption"]);
      expect(((told[0]?.at ?? 0) - at) * FRAME_MS).toBeLessThanOrEqual(100);
      expect(((told[2]?.at ?? 0) - at) * FRAME_MS).toBeLessThanOrEqual(600);
    }
  });

  test("also when the model is sure only after a fifth of a second", () => {
    for (let seed = 1; seed <= 15; seed++) {
      const at = frames(6_000);
      const student = [...silence(6_000), ...said(3_000)];
      const told = play({ tutor: tutor(seed), student, gainDb: -30, delay: seed % 9, sureAfter: at + frames(200) });
      expect(types(told).slice(0, 3)).toEqual(["hint", "onset", "interruption"]);
      expect(((told[0]?.at ?? 0) - at) * FRAME_MS).toBeLessThanOrEqual(100);
    }
  });

  test("who goes on when a reply to what was said before begins has interrupted it at once", () => {
    const at = frames(2_000);
    const reply = [...silence(2_000), ...tutor(4, 6_000)];
    const told = play({ tutor: reply, tutorFrom: at, student: [...silence(1_000), ...said(3_000), ...silence(1_500)], gainDb: -30 });
    expect(types(told)).toEqual(["onset", "interruption", "utterance"]);
    expect(((told[1]?.at ?? 0) - at) * FRAME_MS).toBeLessThanOrEqual(64);
  });

  test("typing makes the tutor falter once, not at every key", () => {
    const keys = Array.from({ length: 16 }, () => [...said(96, -35), ...silence(160)]).flat();
    const student = [...silence(2_000), ...keys];
    const told = play({ tutor: tutor(3), student, gainDb: -35, delay: 3, sureAfter: Infinity });
    expect(types(told)).toEqual(["hint", "aside"]);
  });

  test("also who is hardly louder than the echo, and speaks in syllables", () => {
    for (let seed = 1; seed <= 30; seed++) {
      const random = chance(seed * 31);
      const student = [...silence(6_000), ...speech(random, frames(5_000), -12 - 4 * random())];
      const told = play({ tutor: tutor(seed), student, gainDb: -20, delay: seed % 9 });
      expect(types(told), JSON.stringify({ seed })).toContain("interruption");
    }
  });

  test("also within the tutor's first second, where the browser takes echo away", () => {
    for (let seed = 1; seed <= 15; seed++) {
      const told = play({ tutor: tutor(seed), student: [...silence(300), ...said(2_500)], gainDb: -30, echoCancelled: true });
      expect(types(told).slice(0, 3)).toEqual(["hint", "onset", "interruption"]);
    }
  });

  test("an echo that grows louder is learnt after a few falters", () => {
    const loudness = (gainDb: number) => tutor(5, 30_000).map((db) => db + gainDb);
    const grown = [...loudness(-40).slice(0, frames(8_000)), ...loudness(-15).slice(frames(8_000))];
    const told = play({ tutor: tutor(5, 30_000), student: grown, gainDb: -200 });
    expect(types(told)).not.toContain("interruption");
    expect(told.filter(({ at }) => at > frames(20_000))).toEqual([]);
  });

  test("and is heard whole, from the first sound on", () => {
    const told = play({ tutor: tutor(7), student: [...silence(6_000), ...said(2_000), ...silence(1_500)], gainDb: -30 });
    expect(types(told)).toEqual(["hint", "onset", "interruption", "utterance"]);
    const last = told.at(-1)?.heard;
    expect(last?.type === "utterance" && (last.samples[0] ?? 0) < frames(6_000)).toBe(true);
  });

  test("“mhm” is no interruption, however often", () => {
    for (let ms = 100; ms <= 420; ms += 32) {
      const student = [...silence(4_000), ...said(ms), ...silence(1_500), ...said(ms), ...silence(1_500)];
      const told = types(play({ tutor: tutor(ms), student, gainDb: -35, delay: 3 }));
      expect(told).not.toContain("interruption");
      expect(told).not.toContain("utterance");
    }
  });

  test("the tutor's own voice never interrupts, at any loudness and delay of its way back", () => {
    for (let seed = 1; seed <= 60; seed++) {
      const random = chance(seed * 7);
      const scene = {
        tutor: tutor(seed),
        student: [],
        gainDb: -50 * random(),
        delay: Math.floor(random() * 10),
        echoCancelled: seed % 2 === 0,
      };
      const told = types(play(scene));
      expect(told, JSON.stringify({ seed, ...scene, tutor: 0 })).not.toContain("interruption");
      expect(told).not.toContain("utterance");
    }
  });

  test("nor is its echo a question when the tutor ends meanwhile", () => {
    for (let seed = 1; seed <= 40; seed++) {
      const random = chance(seed * 17);
      const ms = 300 + 1_500 * random();
      const told = play({ tutor: tutor(seed, ms), student: silence(4_000), gainDb: -6, delay: Math.floor(random() * 10), echoCancelled: true });
      expect(types(told), JSON.stringify({ seed })).not.toContain("utterance");
    }
  });

  test("nor does it make the tutor falter", () => {
    for (let seed = 1; seed <= 20; seed++) {
      const random = chance(seed * 13);
      const told = play({ tutor: tutor(seed), student: [], gainDb: -30 * random(), delay: Math.floor(random() * 10), obedient: false });
      expect(types(told)).toEqual([]);
    }
  });
});
