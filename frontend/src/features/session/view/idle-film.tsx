import { useEffect, useSyncExternalStore, type RefObject } from "react";

const query = "(prefers-reduced-motion: reduce)";

function subscribe(listener: () => void): () => void {
  const media = matchMedia(query);
  media.addEventListener("change", listener);
  return () => media.removeEventListener("change", listener);
}

interface IdleFilmProps {
  ref: RefObject<HTMLVideoElement | null>;
  src: string | null;
  className: string | undefined;
}

/** The tutor waiting: a silent loop, standing still for those who want less motion. */
export function IdleFilm({ ref, src, className }: IdleFilmProps) {
  const still = useSyncExternalStore(subscribe, () => matchMedia(query).matches);
  useEffect(() => {
    const video = ref.current;
    if (video === null || src === null) return;
    if (still) video.pause();
    else video.play().catch(() => undefined); // the still picture behind it does as well
  }, [ref, src, still]);
  return (
    <video
      ref={ref}
      className={className}
      src={src ?? undefined}
      muted
      loop
      playsInline
      disablePictureInPicture
      preload="auto"
      aria-hidden="true"
      data-testid="idle-video"
    />
  );
}
