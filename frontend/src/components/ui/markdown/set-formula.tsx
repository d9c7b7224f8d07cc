import katex from "katex";
import "katex/dist/katex.min.css";
import { useLayoutEffect, useMemo, useRef } from "react";
import { Written, type FormulaProps } from "./formula";
import styles from "./markdown.module.css";

/** Longer than any formula for people. */
const LONGEST_TEX = 2_000;

const OPTIONS = {
  // No links, no pictures, no classes; no macro that grows without end, no rule as high as the page.
  trust: false,
  maxExpand: 200,
  maxSize: 20,
  strict: "ignore",
} as const;

/** Null for what is not TeX, or too deep. Made of elements, not of HTML: the page's policy allows no style attribute. */
function set({ tex, display }: FormulaProps): HTMLElement | null {
  if (tex.length > LONGEST_TEX) return null;
  const element = document.createElement("span");
  try {
    katex.render(tex, element, { ...OPTIONS, displayMode: display });
  } catch {
    return null;
  }
  return element;
}

export default function SetFormula({ tex, display }: FormulaProps) {
  const place = useRef<HTMLSpanElement>(null);
  const formula = useMemo(() => set({ tex, display }), [tex, display]);
  useLayoutEffect(() => {
    if (formula !== null) place.current?.replaceChildren(formula);
  }, [formula]);
  if (formula === null) return <Written tex={tex} display={display} />;
  return <span ref={place} className={display ? styles.display : styles.inline} />;
}
