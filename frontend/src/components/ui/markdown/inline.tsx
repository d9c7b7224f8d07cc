import type { Token, Tokens } from "marked";
import { Fragment, type ReactNode } from "react";
import type { CitationToken } from "./citation-syntax";
import { decodeEntities } from "./entities";
import { Formula } from "./formula";
import type { FormulaToken } from "./formula-syntax";
import { safeAddress } from "./safe-address";

export type Mark = ((number: number) => ReactNode) | undefined;

/** What is nested deeper is shown as it was written. */
const DEEPEST = 12;
const LINE_BREAK = /^<br\s*\/?>$/i;

interface InlineProps {
  tokens: readonly Token[];
  mark: Mark;
  depth?: number;
}

export function Inline({ tokens, mark, depth = 0 }: InlineProps): ReactNode {
  if (depth > DEEPEST) return tokens.map((token) => token.raw).join("");
  return tokens.map((token, index) => <Fragment key={index}>{inline(token, mark, depth)}</Fragment>);
}

function inline(token: Token, mark: Mark, depth: number): ReactNode {
  const inside = () => <Inline tokens={(token as Tokens.Generic).tokens ?? []} mark={mark} depth={depth + 1} />;
  switch (token.type) {
    case "text": {
      const { tokens, text } = token as Tokens.Text;
      return tokens ? inside() : decodeEntities(text);
    }
    case "escape":
      return (token as Tokens.Escape).text;
    case "strong":
      return <strong>{inside()}</strong>;
    case "em":
      return <em>{inside()}</em>;
    case "del":
      return <del>{inside()}</del>;
    case "codespan":
      return <code>{(token as Tokens.Codespan).text}</code>;
    case "br":
      return <br />;
    case "checkbox":
      return (token as Tokens.Checkbox).checked ? "☑ " : "☐ ";
    case "formula":
      return <Formula token={token as FormulaToken} />;
    case "citation":
      return citation(token as CitationToken, mark);
    case "link": {
      const { href, text } = token as Tokens.Link;
      return <SafeLink href={href}>{(token as Tokens.Link).tokens.length > 0 ? inside() : text}</SafeLink>;
    }
    case "image": {
      // Whoever wrote the text shall not learn who reads it: a picture is a link.
      const { href, text } = token as Tokens.Image;
      return <SafeLink href={href}>{text === "" ? href : text}</SafeLink>;
    }
    case "html":
      return LINE_BREAK.test(token.raw) ? <br /> : token.raw;
    default:
      return token.raw;
  }
}

function citation({ numbers, raw }: CitationToken, mark: Mark): ReactNode {
  const marks = numbers.map((number) => mark?.(number) ?? null);
  if (marks.includes(null)) return raw;
  return marks.map((node, index) => <Fragment key={index}>{node}</Fragment>);
}

function SafeLink({ href, children }: { href: string; children: ReactNode }) {
  const address = safeAddress(href);
  if (address === null) return children;
  return (
    <a href={address} title={address} target="_blank" rel="noopener noreferrer nofollow">
      {children}
    </a>
  );
}
