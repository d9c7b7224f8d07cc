import type { Words } from "./parts";

interface Line {
  segment: number;
  content: string;
  words: Words;
  startMs: number;
  endMs: number;
}

/** The sentence that is spoken. `said`: so many of its characters have been; all of them where no times are known. */
export interface Caption {
  content: string;
  said: number;
}

export const noCaption: Caption = { content: "", said: 0 };

function saidOf({ content, words, startMs }: Line, ms: number): number {
  if (words === null) return content.length;
  const begun = words.filter((word) => startMs + word.start_ms <= ms);
  return begun.reduce((length, word) => length + word.text.length, 0);
}

/** By times where there are some, else as many words as the line's share of time. */
function heardOf({ content, words, startMs, endMs }: Line, ms: number): string {
  if (ms >= endMs) return content;
  if (words !== null) {
    const whole = words.filter((word) => startMs + word.end_ms <= ms);
    return whole.map((word) => word.text).join("");
  }
  const pieces = content.split(" ");
  return pieces.slice(0, Math.round((pieces.length * (ms - startMs)) / (endMs - startMs))).join(" ");
}

/** What is said when, in milliseconds since the reply began to play. */
export class Script {
  private readonly lines: Line[] = [];

  /** Length of all that is known so far. */
  get endMs(): number {
    return this.lines.at(-1)?.endMs ?? 0;
  }

  /** A segment begins where the last one ends. One that is begun again goes on as it was. */
  begin(segment: number, content: string, words: Words): void {
    if (this.lines.at(-1)?.segment === segment) return;
    this.lines.push({ segment, content, words, startMs: this.endMs, endMs: this.endMs });
  }

  /** The line that was begun last reaches until there. */
  extend(endMs: number): void {
    const last = this.lines.at(-1);
    if (last) last.endMs = Math.max(last.startMs, endMs);
  }

  has(segment: number): boolean {
    return this.lines.some((line) => line.segment === segment);
  }

  at(ms: number): Caption {
    const line = this.lines.findLast((line) => line.startMs <= ms);
    return line === undefined ? noCaption : { content: line.content, said: saidOf(line, ms) };
  }

  /** What was heard until then. */
  heard(ms: number): string {
    const lines = this.lines.filter((line) => line.startMs < ms);
    return lines
      .map((line) => heardOf(line, ms).trim())
      .filter(Boolean)
      .join(" ");
  }
}
