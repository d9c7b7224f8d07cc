import { useEffect, useRef } from "react";
import { useLocation } from "react-router";

/** A new page has the focus at its heading, so that the keyboard goes on from there and a screen reader says where one
 * is. A page that has put the focus somewhere itself keeps it. */
export function usePageFocus(): void {
  const { pathname } = useLocation();
  const shown = useRef(pathname);
  useEffect(() => {
    if (shown.current === pathname) return;
    shown.current = pathname;
    const main = document.querySelector("main");
    if (main?.contains(document.activeElement)) return;
    const heading = document.querySelector<HTMLElement>("main h1");
    if (heading === null) return;
    heading.tabIndex = -1;
    heading.focus({ preventScroll: true });
    window.scrollTo(0, 0);
  }, [pathname]);
}
