import type { Token, Tokens } from "marked";
import { memo } from "react";
import { CodeBlock } from "./code-block";
import { Formula } from "./formula";
import type { FormulaToken } from "./formula-syntax";
import { Inline, type Mark } from "./inline";
import styles from "./markdown.module.css";
import { TableView } from "./table-view";

/** What is nested deeper is shown as it was written. */
const DEEPEST = 8;

interface BlockViewProps {
  token: Token;
  mark: Mark;
  depth?: number;
}

export const BlockView = memo(function BlockView({ token, mark, depth = 0 }: BlockViewProps) {
  switch (token.type) {
    case "space":
    case "def":
      return null;
    case "heading": {
      const { tokens, depth: rank } = token as Tokens.Heading;
      // One level for all: a reply is a part of the page, whose headings it must not put out of order.
      return (
        <h3 className={styles.heading} data-rank={rank}>
          <Inline tokens={tokens} mark={mark} />
        </h3>
      );
    }
    case "paragraph":
      return (
        <p>
          <Inline tokens={(token as Tokens.Paragraph).tokens} mark={mark} />
        </p>
      );
    case "text":
    case "checkbox":
      // The line of a tight list, and the box before it.
      return <Inline tokens={[token]} mark={mark} />;
    case "hr":
      return <hr />;
    case "code":
      return <CodeBlock code={(token as Tokens.Code).text} language={(token as Tokens.Code).lang ?? ""} />;
    case "formula":
      return <Formula token={token as FormulaToken} />;
    case "blockquote":
      return (
        <blockquote>
          <Blocks tokens={(token as Tokens.Blockquote).tokens} mark={mark} depth={depth + 1} />
        </blockquote>
      );
    case "list":
      return <List list={token as Tokens.List} mark={mark} depth={depth + 1} />;
    case "table":
      return <TableView table={token as Tokens.Table} mark={mark} />;
    default:
      return <p className={styles.verbatim}>{token.raw}</p>;
  }
});

function Blocks({ tokens, mark, depth }: { tokens: readonly Token[]; mark: Mark; depth: number }) {
  if (depth > DEEPEST) return <p className={styles.verbatim}>{tokens.map((token) => token.raw).join("")}</p>;
  return tokens.map((token, index) => <BlockView key={index} token={token} mark={mark} depth={depth} />);
}

function List({ list, mark, depth }: { list: Tokens.List; mark: Mark; depth: number }) {
  const items = list.items.map((item, index) => (
    <li key={index} className={item.task ? styles.task : undefined}>
      <Blocks tokens={item.tokens} mark={mark} depth={depth} />
    </li>
  ));
  return list.ordered ? <ol start={list.start === "" ? 1 : list.start}>{items}</ol> : <ul>{items}</ul>;
}
