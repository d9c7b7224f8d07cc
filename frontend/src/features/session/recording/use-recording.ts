import { useCallback, useEffect, useRef, useState } from "react";
import { MAX_AUDIO_SECONDS } from "@/config/limits";
import type { ProblemCode } from "@/i18n/problem-words";
import { toBase64 } from "./base64";
import { codeOf } from "./microphone";
import { Recording } from "./recorder";

/** Shorter than this it was a slip of the finger. */
const SHORTEST_MS = 400;
/** A little before the server's limit, so that what it measures is within. */
const LONGEST_MS = (MAX_AUDIO_SECONDS - 1) * 1_000;

type Phase = "off" | "asking" | "recording" | "finishing";

export interface RecordingControl {
  phase: Phase;
  /** The sound being recorded, for a level meter. */
  stream: MediaStream | null;
  startedAt: number;
  start: () => void;
  finish: () => void;
  cancel: () => void;
}

interface Callbacks {
  /** The id of the device that was chosen. */
  microphone: string | null;
  onStart: () => void;
  /** With what was said, in base64. */
  onUtterance: (data: string) => void;
  onProblem: (code: ProblemCode) => void;
}

/** One utterance at a time: start, then finish (which delivers it) or cancel. */
export function useRecording(callbacks: Callbacks): RecordingControl {
  const [phase, setPhase] = useState<Phase>("off");
  const [stream, setStream] = useState<MediaStream | null>(null);
  const [startedAt, setStartedAt] = useState(0);
  const recording = useRef<Recording | null>(null);
  const attempt = useRef(0);
  const told = useRef(callbacks);
  const lost = useRef<() => void>(() => undefined);
  useEffect(() => {
    told.current = callbacks;
  });

  const end = useCallback(() => {
    attempt.current++;
    recording.current = null;
    setStream(null);
    setPhase("off");
  }, []);

  const cancel = useCallback(() => {
    recording.current?.cancel();
    end();
  }, [end]);

  const start = useCallback(async () => {
    const mine = ++attempt.current;
    setPhase("asking");
    try {
      const begun = await Recording.start(told.current.microphone, () => lost.current());
      if (mine !== attempt.current) {
        begun.cancel();
        return;
      }
      recording.current = begun;
      setStream(begun.stream);
      setStartedAt(Date.now());
      setPhase("recording");
      told.current.onStart();
    } catch (error) {
      if (mine !== attempt.current) return;
      end();
      told.current.onProblem(codeOf(error));
    }
  }, [end]);

  const finish = useCallback(async () => {
    const done = recording.current;
    if (done === null) return;
    if (Date.now() - startedAt < SHORTEST_MS) {
      cancel();
      told.current.onProblem("very_short");
      return;
    }
    recording.current = null;
    setPhase("finishing");
    try {
      told.current.onUtterance(await toBase64(await done.finish()));
    } catch (error) {
      told.current.onProblem(codeOf(error));
    }
    end();
  }, [startedAt, cancel, end]);

  // What was said until then is sent all the same.
  useEffect(() => {
    lost.current = () => {
      if (recording.current === null) return;
      void finish().then(() => told.current.onProblem("microphone_lost"));
    };
  }, [finish]);

  useEffect(() => {
    if (phase !== "recording") return;
    const timer = setTimeout(() => void finish().then(() => told.current.onProblem("cut_at_limit")), LONGEST_MS);
    return () => clearTimeout(timer);
  }, [phase, finish]);

  useEffect(() => cancel, [cancel]);

  return { phase, stream, startedAt, start: () => void start(), finish: () => void finish(), cancel };
}
