import { lazy, Suspense } from "react";
import type { FormulaToken } from "./formula-syntax";
import styles from "./markdown.module.css";

export interface FormulaProps {
  tex: string;
  display: boolean;
}

/** As it was written: until it can be set, and where it cannot. */
export function Written({ tex, display }: FormulaProps) {
  return <code className={display ? styles.writtenDisplay : undefined}>{tex}</code>;
}

// Mathematics is large, and most replies have none. Without a network they are still read.
const SetFormula = lazy(() => import("./set-formula").catch(() => ({ default: Written })));

export function Formula({ token: { tex, display, open } }: { token: FormulaToken }) {
  const written = <Written tex={tex} display={display} />;
  if (open) return written;
  return (
    <Suspense fallback={written}>
      <SetFormula tex={tex} display={display} />
    </Suspense>
  );
}
