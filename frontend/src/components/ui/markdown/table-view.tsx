import type { Tokens } from "marked";
import { Inline, type Mark } from "./inline";
import styles from "./markdown.module.css";

/** A wide one is scrolled for itself, with the keyboard too. */
export function TableView({ table, mark }: { table: Tokens.Table; mark: Mark }) {
  const cells = (row: readonly Tokens.TableCell[], Cell: "th" | "td") =>
    row.map((cell, index) => (
      <Cell key={index} data-align={cell.align ?? undefined} scope={Cell === "th" ? "col" : undefined}>
        <Inline tokens={cell.tokens} mark={mark} />
      </Cell>
    ));
  return (
    <div className={styles.table} tabIndex={0}>
      <table>
        <thead>
          <tr>{cells(table.header, "th")}</tr>
        </thead>
        <tbody>
          {table.rows.map((row, index) => (
            <tr key={index}>{cells(row, "td")}</tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
