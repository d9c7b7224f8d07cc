import { useCallback, useEffect, useRef, useState } from "react";
import type { ProblemCode } from "@/i18n/problem-words";
import { toBase64 } from "./base64";
import { SAMPLE_RATE } from "./frame";
import { HandsFree } from "./hands-free";
import { MicrophoneError } from "./microphone";
import type { Heard } from "./voice-detector";
import { wavOf } from "./wav";

export type HandsFreePhase = "off" | "starting" | "listening" | "hearing";

export interface HandsFreeControl {
  phase: HandsFreePhase;
  /** What the microphone hears, for a level meter. */
  stream: MediaStream | null;
  toggle: () => void;
}

interface Callbacks {
  microphone: string | null;
  tutorSpeaks: () => boolean;
  playbackDb: () => number;
  /** About to listen, from within a gesture. */
  onStart: () => void;
  /** Silence the tutor for a moment; `false`: it was nothing. */
  onHush: (on: boolean) => void;
  onInterruption: () => void;
  /** With what was said, in base64. */
  onUtterance: (data: string) => void;
  onProblem: (code: ProblemCode) => void;
}

/** Talking without hands: listens until it is switched off, and knows who speaks when. */
export function useHandsFree(callbacks: Callbacks): HandsFreeControl {
  const [phase, setPhase] = useState<HandsFreePhase>("off");
  const [stream, setStream] = useState<MediaStream | null>(null);
  const listening = useRef<HandsFree | null>(null);
  const attempt = useRef(0);
  /** The utterance that was heard last, on its way. */
  const sending = useRef(Promise.resolve());
  const told = useRef(callbacks);
  useEffect(() => {
    told.current = callbacks;
  });

  /** Resolves when what was being said has been sent. */
  const stop = useCallback(async () => {
    attempt.current++;
    const ended = listening.current?.stop();
    listening.current = null;
    told.current.onHush(false);
    setStream(null);
    setPhase("off");
    await ended;
    await sending.current;
  }, []);

  const hear = useCallback((heard: Heard) => {
    const { onHush, onInterruption, onUtterance, onProblem, tutorSpeaks } = told.current;
    switch (heard.type) {
      case "onset":
        setPhase((now) => (now === "listening" ? "hearing" : now));
        if (tutorSpeaks()) onHush(true);
        return;
      case "hint":
        if (tutorSpeaks()) onHush(true);
        return;
      case "aside":
        setPhase((now) => (now === "hearing" ? "listening" : now));
        onHush(false);
        return;
      case "interruption":
        onInterruption();
        return;
      case "utterance":
        setPhase((now) => (now === "hearing" ? "listening" : now));
        // An utterance takes a problem's words off the page: what is the matter with it is said behind it.
        sending.current = toBase64(wavOf(heard.samples, SAMPLE_RATE)).then((data) => {
          onUtterance(data);
          if (heard.cut) onProblem("cut_at_limit");
        });
    }
  }, []);

  const start = useCallback(async () => {
    const mine = ++attempt.current;
    setPhase("starting");
    told.current.onStart();
    try {
      const begun = await HandsFree.start({
        microphone: told.current.microphone,
        tutorSpeaks: () => told.current.tutorSpeaks(),
        playbackDb: () => told.current.playbackDb(),
        onHeard: hear,
        onLost: () => {
          void stop().then(() => told.current.onProblem("microphone_lost"));
        },
      });
      if (mine !== attempt.current) {
        await begun.stop();
        return;
      }
      listening.current = begun;
      setStream(begun.stream);
      setPhase("listening");
    } catch (error) {
      if (mine !== attempt.current) return;
      if (!(error instanceof MicrophoneError)) reportError(error);
      told.current.onProblem(error instanceof MicrophoneError ? error.code : "hands_free_failed");
      void stop();
    }
  }, [hear, stop]);

  // Another microphone was chosen.
  const { microphone } = callbacks;
  const current = useRef(microphone);
  useEffect(() => {
    if (current.current === microphone) return;
    current.current = microphone;
    if (listening.current === null) return;
    void stop();
    void start();
  }, [microphone, start, stop]);

  useEffect(() => () => void stop(), [stop]);

  return { phase, stream, toggle: () => void (phase === "off" ? start() : stop()) };
}
