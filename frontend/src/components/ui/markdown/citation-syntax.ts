import type { TokenizerExtension, Tokens } from "marked";

export interface CitationToken extends Tokens.Generic {
  type: "citation";
  raw: string;
  numbers: number[];
}

const MARK = /^\[(\d{1,2}(?:\s*,\s*\d{1,2})*)\](?![[(])/;

/** The marks of sources: [1], and [1, 2]. */
export const citationSyntax: TokenizerExtension = {
  name: "citation",
  level: "inline",
  start: (src) => {
    const place = src.search(/\[\d/);
    return place < 0 ? undefined : place;
  },
  tokenizer(src): CitationToken | undefined {
    const found = this.lexer.state.inLink ? null : MARK.exec(src);
    if (!found) return undefined;
    return { type: "citation", raw: found[0], numbers: (found[1] ?? "").split(",").map(Number) };
  },
};

/** The sources that a text marks. */
export function markedSources(text: string): Set<number> {
  const marks = text.matchAll(new RegExp(MARK.source.slice(1), "g"));
  return new Set([...marks].flatMap(([, numbers]) => (numbers ?? "").split(",").map(Number)));
}
