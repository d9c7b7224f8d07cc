import { useEffect, useRef } from "react";

/** What uses the space bar itself. */
const TAKEN =
  "input, textarea, select, button, a, summary, video, [contenteditable], [tabindex=\"0\"], [role=menu], dialog";

interface Handlers {
  down: () => void;
  up: () => void;
  /** Escape, which takes it back. */
  cancel: () => void;
}

/** The space bar as a button of the whole page, wherever it means nothing else. */
export function useSpaceBar(handlers: Handlers): void {
  const told = useRef(handlers);
  useEffect(() => {
    told.current = handlers;
  });
  useEffect(() => {
    let pressed = false;
    const isOurs = ({ key, target, altKey, ctrlKey, metaKey }: KeyboardEvent) =>
      key === " " && !altKey && !ctrlKey && !metaKey && target instanceof Element && target.closest(TAKEN) === null;
    const down = (event: KeyboardEvent) => {
      if (event.defaultPrevented) return;
      if (event.key === "Escape") told.current.cancel();
      if (!isOurs(event)) return;
      event.preventDefault(); // it would scroll
      if (event.repeat || pressed) return;
      pressed = true;
      told.current.down();
    };
    const up = (event: KeyboardEvent) => {
      if (event.key !== " " || !pressed) return;
      pressed = false;
      told.current.up();
    };
    document.addEventListener("keydown", down);
    document.addEventListener("keyup", up);
    return () => {
      document.removeEventListener("keydown", down);
      document.removeEventListener("keyup", up);
    };
  }, []);
}
