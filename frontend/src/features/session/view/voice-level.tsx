import { useEffect, useRef } from "react";
import type { FacePlayer } from "../playback/face-player";
import styles from "./face.module.css";

/** From here on a voice is seen, in decibels; it is seen best this much louder. */
const QUIET_DB = -50;
const RANGE_DB = 35;

/** A ring that moves with the tutor's voice, where no face does. */
export function VoiceLevel({ player }: { player: FacePlayer }) {
  const ring = useRef<HTMLSpanElement>(null);
  useEffect(() => {
    void player.measure();
    let frame = requestAnimationFrame(function draw() {
      const level = Math.min(1, Math.max(0, (player.level() - QUIET_DB) / RANGE_DB));
      ring.current?.style.setProperty("--level", level.toFixed(2));
      frame = requestAnimationFrame(draw);
    });
    return () => cancelAnimationFrame(frame);
  }, [player]);
  return <span ref={ring} className={styles.level} aria-hidden="true" data-testid="voice-level" />;
}
