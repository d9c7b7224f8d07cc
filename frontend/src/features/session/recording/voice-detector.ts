import { MAX_AUDIO_SECONDS } from "@/config/limits";
import { Echo } from "./echo";
import { FRAME_SAMPLES, frames, type Frame } from "./frame";
import { Startle } from "./startle";

/** How sure the model must be that somebody speaks, to begin and to go on. */
const BEGIN = 0.6;
const GO_ON = 0.35;
/** A microphone that hears less than this hears nobody. */
const AUDIBLE_DB = -55;

/** Somebody has begun to speak: not just a click. */
const ONSET_FRAMES = frames(96);
/** Over a tutor who speaks: longer than "mhm". */
const BARGE_FRAMES = frames(512);
/** To nobody but the tutor: shorter is a cough. */
const SHORTEST_FRAMES = frames(192);
/** A sentence is over after such a pause; an interjection sooner. */
const PAUSE_FRAMES = frames(700);
const ASIDE_FRAMES = frames(220);
/** So many in a row, and no word: that is the tutor's own voice. */
const MANY_ASIDES = 4;
/** Heard before the onset, and kept: consonants are no voice yet. */
const LEAD_FRAMES = frames(480);
const LONGEST_FRAMES = frames((MAX_AUDIO_SECONDS - 1) * 1_000);

export type Heard =
  /** Something sounds over the tutor: perhaps a voice. */
  | { type: "hint" }
  /** Somebody has begun to speak: over the tutor, that is not an interruption yet. */
  | { type: "onset" }
  /** It was nothing: a cough, an "mhm". */
  | { type: "aside" }
  /** Somebody speaks over the tutor, and means it; or went on when he began. */
  | { type: "interruption" }
  /** What was said, whole. `cut`: it was too long. */
  | { type: "utterance"; samples: Float32Array; cut: boolean };

/** Who speaks when, from frames of 32 ms: pure, so that it can be told what it hears. */
export class VoiceDetector {
  private readonly echo: Echo;
  private readonly startle = new Startle();
  private kept: Float32Array[] = [];
  private state: "quiet" | "onset" | "speaking" = "quiet";
  private voiced = 0;
  private pause = 0;
  private asides = 0;
  /** It began while the tutor spoke, or went on when he began: it may be his echo, also if he has ended meanwhile. */
  private overTutor = false;

  /** `echoCancelled`: the browser takes away what the page plays, as well as it can. */
  constructor({ echoCancelled }: { echoCancelled: boolean }) {
    this.echo = new Echo(echoCancelled);
  }

  hear(frame: Frame): Heard | null {
    this.kept.push(frame.samples);
    const more = this.echo.exceeded(frame.microphoneDb, frame.playbackDb);
    const voice = this.voice(frame, more);
    switch (this.state) {
      case "quiet":
        return this.waitForOnset(voice, frame) ?? this.startled(voice, more, frame);
      case "onset":
        // A tutor who was silenced echoes on for a moment: then it may be either.
        this.count(voice === "yes", voice === "no" || (voice === "perhaps" && frame.playbackDb >= AUDIBLE_DB));
        return this.decide();
      case "speaking":
        this.count(voice !== "no", voice === "no");
        this.echo.settle(false);
        return this.waitForEnd() ?? this.spokenOver(voice, frame.tutorSpeaks);
    }
  }

  /** What was said so far, if that is anything: no more will be heard. */
  flush(): Heard | null {
    return this.state === "speaking" && this.voiced >= SHORTEST_FRAMES ? this.end(false) : null;
  }

  /** Another device is heard, or heard by. */
  forget(): void {
    this.echo.forget();
  }

  private voice({ speech, microphoneDb }: Frame, more: boolean): "yes" | "perhaps" | "no" {
    if (microphoneDb < AUDIBLE_DB || speech < (this.state === "quiet" ? BEGIN : GO_ON)) return "no";
    return more ? "yes" : "perhaps";
  }

  private count(voiced: boolean, paused: boolean): void {
    if (voiced) {
      this.voiced++;
      this.pause = 0;
    } else if (paused) this.pause++;
  }

  private startled(voice: "yes" | "perhaps" | "no", more: boolean, { speech, microphoneDb, tutorSpeaks }: Frame): Heard | null {
    const over = more && tutorSpeaks && this.echo.possible;
    const type = this.startle.hear({ speech, microphoneDb, more: over, voice: over && voice === "yes" });
    return type && { type };
  }

  private waitForOnset(voice: "yes" | "perhaps" | "no", { tutorSpeaks }: Frame): Heard | null {
    this.kept = this.kept.slice(-LEAD_FRAMES);
    if (voice !== "yes") {
      this.voiced = 0;
      this.echo.settle(true);
      return null;
    }
    if (++this.voiced < ONSET_FRAMES) return null;
    this.state = "onset";
    this.startle.settle();
    this.overTutor = tutorSpeaks;
    return { type: "onset" };
  }

  private decide(): Heard | null {
    if (this.pause >= ASIDE_FRAMES) {
      // To the tutor who waits, a short word is an answer.
      if (!this.overTutor && this.voiced >= SHORTEST_FRAMES) this.state = "speaking";
      else {
        this.echo.settle(false);
        if (++this.asides % MANY_ASIDES === 0) this.echo.distrust();
        return this.rest({ type: "aside" });
      }
    }
    if (this.voiced < (this.overTutor ? BARGE_FRAMES : SHORTEST_FRAMES)) return null;
    this.state = "speaking";
    this.asides = 0;
    return this.overTutor ? { type: "interruption" } : null;
  }

  /** A reply that begins while somebody still speaks: it was to what was said before. */
  private spokenOver(voice: "yes" | "perhaps" | "no", tutorSpeaks: boolean): Heard | null {
    if (!tutorSpeaks || this.overTutor || voice !== "yes") return null;
    this.overTutor = true;
    return { type: "interruption" };
  }

  private waitForEnd(): Heard | null {
    if (this.kept.length >= LONGEST_FRAMES) return this.end(true);
    return this.pause >= PAUSE_FRAMES ? this.end(false) : null;
  }

  private end(cut: boolean): Heard {
    const samples = new Float32Array(this.kept.length * FRAME_SAMPLES);
    this.kept.forEach((frame, index) => samples.set(frame, index * FRAME_SAMPLES));
    return this.rest({ type: "utterance", samples, cut });
  }

  private rest(heard: Heard): Heard {
    this.state = "quiet";
    this.voiced = 0;
    this.pause = 0;
    this.kept = this.kept.slice(-LEAD_FRAMES);
    return heard;
  }
}
