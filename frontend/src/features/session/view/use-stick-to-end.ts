import { useCallback, useEffect, useRef, useState, type RefObject } from "react";

/** Closer to the end than this, one reads along: new text is scrolled to. */
const NEAR_END_PX = 80;

export interface StickToEnd {
  box: RefObject<HTMLDivElement | null>;
  content: RefObject<HTMLDivElement | null>;
  onScroll: () => void;
  /** The reader has left the end. */
  away: boolean;
  /** Something was added at the end meanwhile. */
  fresh: boolean;
  toEnd: () => void;
}

/** A scrolled box that stays at its end while its content grows, unless the reader has left the end. A new `latest`
 * takes the reader back there. */
export function useStickToEnd(latest: string | null): StickToEnd {
  const box = useRef<HTMLDivElement>(null);
  const content = useRef<HTMLDivElement>(null);
  const reading = useRef(true);
  const top = useRef(0);
  const [away, setAway] = useState(false);
  const [fresh, setFresh] = useState(false);

  const arrived = useCallback((here: boolean) => {
    reading.current = here;
    setAway(!here);
    if (here) setFresh(false);
  }, []);

  const toEnd = useCallback(() => {
    if (box.current === null) return;
    box.current.scrollTop = box.current.scrollHeight;
    top.current = box.current.scrollTop;
    arrived(true);
  }, [arrived]);

  const onScroll = useCallback(() => {
    if (box.current === null) return;
    const { scrollHeight, scrollTop, clientHeight } = box.current;
    const movedUp = scrollTop < top.current;
    top.current = scrollTop;
    if (scrollHeight - scrollTop - clientHeight < NEAR_END_PX) arrived(true);
    // The end also moves away by itself, when more was added than has been scrolled to: that is not the reader's doing.
    else if (movedUp) arrived(false);
  }, [arrived]);

  useEffect(() => {
    const element = content.current;
    const frame = box.current;
    if (element === null || frame === null) return;
    let height = element.clientHeight;
    // Also what grows late: a formula that is set, a picture of a face that goes away.
    const observer = new ResizeObserver(() => {
      if (reading.current) toEnd();
      else if (element.clientHeight > height) setFresh(true);
      height = element.clientHeight;
    });
    observer.observe(element);
    observer.observe(frame);
    return () => observer.disconnect();
  }, [toEnd]);

  useEffect(() => {
    if (latest !== null) toEnd();
  }, [latest, toEnd]);

  return { box, content, onScroll, away, fresh, toEnd };
}
