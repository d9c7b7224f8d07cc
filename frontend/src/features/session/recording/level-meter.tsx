import { useEffect, useRef } from "react";
import styles from "./level-meter.module.css";

const BARS = 5;

/** Bars that move with the loudness of a stream: one sees that one is heard. */
export function LevelMeter({ stream }: { stream: MediaStream }) {
  const meter = useRef<HTMLSpanElement>(null);
  useEffect(() => {
    const context = new AudioContext();
    const analyser = context.createAnalyser();
    analyser.fftSize = 512;
    context.createMediaStreamSource(stream).connect(analyser);
    const samples = new Float32Array(analyser.fftSize);
    let frame = 0;
    const draw = () => {
      analyser.getFloatTimeDomainData(samples);
      const loudness = Math.sqrt(samples.reduce((sum, sample) => sum + sample * sample, 0) / samples.length);
      meter.current?.style.setProperty("--level", Math.min(1, loudness * 6).toFixed(2));
      frame = requestAnimationFrame(draw);
    };
    draw();
    return () => {
      cancelAnimationFrame(frame);
      void context.close();
    };
  }, [stream]);
  return (
    <span ref={meter} className={styles.meter} aria-hidden="true">
      {Array.from({ length: BARS }, (_, bar) => (
        <i key={bar} />
      ))}
    </span>
  );
}
