import { Marked, type Token } from "marked";
import remend from "remend";
import { citationSyntax } from "./citation-syntax";
import { endsInFormula, formulaSyntax } from "./formula-syntax";

/** A text beyond this is no reply to read: the rest of it stands there as it is. */
const LONGEST = 16_000;
/** The end of a longer paragraph is not closed while it grows. */
const LONGEST_CLOSED = 2_000;

export interface Block {
  /** Where it begins in the text. */
  at: number;
  token: Token;
}

/** A text as blocks. */
export interface Reading {
  text: string;
  /** More may follow: what the end cuts off is read as if it were closed. */
  growing: boolean;
  blocks: readonly Block[];
}

const options = { gfm: true, breaks: true };
const whole = new Marked(options, { extensions: [...formulaSyntax(false), citationSyntax] });
const cutOff = new Marked(options, { extensions: [...formulaSyntax(true), citationSyntax] });

export function read(source: string, growing = false): Reading {
  const text = source.replaceAll("\r\n", "\n");
  return { text, growing, blocks: blocksFrom(text, 0, growing) };
}

/** Read on, where a text has grown. Only its end is read again, so that a long reply costs no more than a short one. */
export function readOn(before: Reading, source: string, growing: boolean): Reading {
  const text = source.replaceAll("\r\n", "\n");
  if (!growing || !before.growing || !text.startsWith(before.text)) return read(text, growing);
  const kept = before.blocks.slice(0, settled(before.blocks));
  const from = before.blocks[kept.length]?.at ?? 0;
  return { text, growing, blocks: [...kept, ...blocksFrom(text, from, growing)] };
}

/** How many blocks stand whatever follows. The last may grow, and take the one before it with it: "text\n#" is a
 * paragraph and a heading until it turns out to be "text\n#tag". */
function settled(blocks: readonly Block[]): number {
  let open = 0;
  let count = blocks.length;
  while (count > 0 && open < 2) if (blocks[--count]?.token.type !== "space") open++;
  return count;
}

function blocksFrom(text: string, from: number, growing: boolean): Block[] {
  const end = Math.max(from, LONGEST);
  const tokens = lex(text.slice(from, end), whole);
  const last = tokens.findLastIndex((token) => token.type !== "space");
  let at = from;
  const blocks = tokens.flatMap((token, index): Block[] => {
    const block = { at, token };
    at += token.raw.length;
    if (!growing || index !== last) return [block];
    return lex(closed(token.raw), cutOff).map((token, part) => ({ at: block.at + part, token }));
  });
  return text.length > end ? [...blocks, { at, token: plain(text.slice(end)) }] : blocks;
}

function closed(text: string): string {
  return text.length > LONGEST_CLOSED || endsInFormula(text) ? text : remend(text, { katex: false, inlineKatex: false });
}

function lex(text: string, reader: Marked): Token[] {
  try {
    return reader.lexer(text);
  } catch (error) {
    // Thousands of quotes in quotes are no text that anybody reads.
    if (error instanceof RangeError) return [plain(text)];
    throw error;
  }
}

function plain(text: string): Token {
  return { type: "text", raw: text, text, escaped: false };
}
