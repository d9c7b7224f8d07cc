import type { TokenizerExtension, Tokens } from "marked";

export interface FormulaToken extends Tokens.Generic {
  type: "formula";
  raw: string;
  tex: string;
  /** On lines of its own. */
  display: boolean;
  /** Still being written: TeX that cannot be set yet. */
  open: boolean;
}

// A single $ begins a formula before a non-space, and ends one behind a non-space and not before a digit: "$5 and $10"
// is money. The voice reads by the same rule, see gpu_tasks/formulas.py.
const DISPLAY = String.raw`\$\$(?<dollars>[\s\S]+?)\$\$|\\\[(?<brackets>[\s\S]+?)\\\]`;
const INLINE = String.raw`\$(?=\S)(?<dollar>[^$\n]+?)(?<=\S)\$(?!\d)|\\\((?<bracket>[\s\S]+?)\\\)`;
const CLOSED = new RegExp(`^(?:${DISPLAY}|${INLINE})`);
const CLOSED_BLOCK = new RegExp(`^ {0,3}(?:${DISPLAY})[ \\t]*(?:\\n|$)`);
/** A formula which the end of the text cuts off. A dollar before a price is none. */
const OPEN =
  /^(?:\$\$(?<dollars>(?:(?!\$\$)[\s\S])*)|\\\[(?<brackets>(?:(?!\\\])[\s\S])*)|\$(?=[^\s$])(?!\d[\d.,]*(?:[\s.,;:!?)]|$)(?!\s*[-+*/=<>^\\]))(?<dollar>[^$\n]{1,120})|\\\((?<bracket>(?:(?!\\\))[\s\S])*))$/;
const OPEN_SOMEWHERE = /\$|\\[([]/g;
const BLOCK_START = /(?:^|\n) {0,3}(?:\$\$|\\\[)/;

function read(src: string, pattern: RegExp, open: boolean): FormulaToken | undefined {
  const found = pattern.exec(src);
  if (!found) return undefined;
  const { dollars, brackets, dollar, bracket } = found.groups ?? {};
  const block = dollars ?? brackets;
  return { type: "formula", raw: found[0], tex: (block ?? dollar ?? bracket ?? "").trim(), display: block !== undefined, open };
}

/** Formulas between $ … $, $$ … $$, \( … \) and \[ … \], in a line and on lines of their own. */
export function formulaSyntax(growing: boolean): TokenizerExtension[] {
  const open = (src: string) => (growing ? read(src, OPEN, true) : undefined);
  return [
    {
      name: "formula",
      level: "block",
      start: (src) => BLOCK_START.exec(src)?.index,
      tokenizer: (src) => read(src, CLOSED_BLOCK, false) ?? (/^ {0,3}(?:\$\$|\\\[)/.test(src) ? open(src.trimStart()) : undefined),
    },
    {
      name: "formula",
      level: "inline",
      start: (src) => {
        const place = src.search(/\$|\\[([]/);
        return place < 0 ? undefined : place;
      },
      tokenizer: (src) => read(src, CLOSED, false) ?? open(src),
    },
  ];
}

/** Whether the text ends inside a formula. */
export function endsInFormula(text: string): boolean {
  const rest = text.replace(new RegExp(CLOSED.source.slice(1), "g"), (found) => " ".repeat(found.length));
  return [...rest.matchAll(OPEN_SOMEWHERE)].some(({ index }) => OPEN.test(rest.slice(index)));
}
