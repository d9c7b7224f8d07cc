import { frames } from "./frame";

/** So much louder than the room is a sound, in decibels; and a whisper is none. */
const STANDS_OUT_DB = 12;
const FAINTEST_DB = -50;
/** A first guess of the room; and how fast another is learnt, from frames in which nobody speaks. */
const ROOM_DB = -60;
const LEARNING = 0.05;
/** What the model thinks of a room. */
const NOBODY = 0.1;

/** A frame in which the model hears a voice is enough, or two that are only loud: not a click. Among so many, for a
 * consonant may be silent before its vowel. */
const ENOUGH = 2;
const AMONG_FRAMES = 3;
/** By then the model knows that somebody speaks. */
const DOUBT_FRAMES = frames(256);
/** A sound that was no voice, such as typing, startles nobody again so soon. */
const CAREFUL_FRAMES = frames(3_000);

export interface Sound {
  /** How sure the model is that somebody speaks. */
  speech: number;
  microphoneDb: number;
  /** More than the echo of what is being played. */
  more: boolean;
  /** More than that, and the model says that it is a voice. */
  voice: boolean;
}

/** Hears that something begins, before it is known what: the model is sure only when a voice has sounded for a while. */
export class Startle {
  private room = ROOM_DB;
  private heard: number[] = [];
  private doubt = 0;
  private careful = 0;

  hear({ speech, microphoneDb, more, voice }: Sound): "hint" | "aside" | null {
    if (speech < NOBODY) this.room += LEARNING * (microphoneDb - this.room);
    if (this.doubt > 0) {
      if (--this.doubt > 0) return null;
      this.careful = CAREFUL_FRAMES;
      return "aside";
    }
    const loud = more && microphoneDb > Math.max(FAINTEST_DB, this.room + STANDS_OUT_DB);
    const counts = voice ? ENOUGH : loud && this.careful === 0 ? 1 : 0;
    if (this.careful > 0) this.careful--;
    this.heard = [...this.heard, counts].slice(-AMONG_FRAMES);
    if (this.heard.reduce((sum, each) => sum + each, 0) < ENOUGH) return null;
    this.heard = [];
    this.doubt = DOUBT_FRAMES;
    return "hint";
  }

  /** It is known now. */
  settle(): void {
    this.heard = [];
    this.doubt = 0;
  }
}
