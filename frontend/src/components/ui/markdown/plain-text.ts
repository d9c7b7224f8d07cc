import type { Token, Tokens } from "marked";
import { decodeEntities } from "./entities";
import type { FormulaToken } from "./formula-syntax";
import { read } from "./reading";

/** The words of a text without its marks, for who hears it read. Code and the marks of sources are left out. */
export function plainText(text: string, growing = false): string {
  return read(text, growing)
    .blocks.map(({ token }) => words(token).trim())
    .filter((line) => line !== "")
    .join("\n");
}

function words(token: Token): string {
  switch (token.type) {
    case "code":
    case "citation":
    case "def":
    case "hr":
    case "checkbox":
      return "";
    case "br":
      return " ";
    case "formula":
      return (token as FormulaToken).tex;
    case "list":
      return (token as Tokens.List).items.map((item) => all(item.tokens, " ")).join("\n");
    case "table": {
      const { header, rows } = token as Tokens.Table;
      return [header, ...rows].map((row) => row.map((cell) => all(cell.tokens)).join(", ")).join("\n");
    }
    default: {
      const { tokens, text } = token as Tokens.Generic & { text?: string };
      return tokens ? all(tokens) : decodeEntities(text ?? token.raw);
    }
  }
}

function all(tokens: readonly Token[], between = ""): string {
  return tokens
    .map((token, index) => (tokens[index + 1]?.type === "citation" ? words(token).trimEnd() : words(token)))
    .join(between);
}
