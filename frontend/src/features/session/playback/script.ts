interface Line {
  content: string;
  startMs: number;
  endMs: number;
}

/** What is said when, in milliseconds since the reply began to play. */
export class Script {
  private readonly lines: Line[] = [];

  /** Length of all that is known so far. */
  get endMs(): number {
    return this.lines.at(-1)?.endMs ?? 0;
  }

  begin(content: string): void {
    this.lines.push({ content, startMs: this.endMs, endMs: this.endMs });
  }

  /** The line that was begun last reaches until there. */
  extend(endMs: number): void {
    const last = this.lines.at(-1);
    if (last) last.endMs = Math.max(last.startMs, endMs);
  }

  at(ms: number): string {
    return this.lines.findLast((line) => line.startMs <= ms)?.content ?? "";
  }

  /** What was heard until then: of the line that was broken off as many words as its share of time. */
  heard(ms: number): string {
    return this.lines
      .filter((line) => line.startMs < ms)
      .map((line) => {
        const words = line.content.split(" ");
        const share = Math.min(1, (ms - line.startMs) / (line.endMs - line.startMs));
        return words.slice(0, Math.round(words.length * share)).join(" ").trim();
      })
      .filter(Boolean)
      .join(" ");
  }
}
