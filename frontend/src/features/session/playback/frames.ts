/** Calls back for each picture that the video presents, until the signal is aborted. */
export function watchFrames(video: HTMLVideoElement, signal: AbortSignal, onFrame: (at: number) => void): void {
  if ("requestVideoFrameCallback" in video) {
    const next = (at: number) => {
      if (signal.aborted) return;
      onFrame(at);
      video.requestVideoFrameCallback(next);
    };
    video.requestVideoFrameCallback(next);
    return;
  }
  // An older browser: coarse, but never before there is a picture.
  (video as HTMLVideoElement).addEventListener(
    "timeupdate",
    () => {
      if ((video as HTMLVideoElement).currentTime > 0) onFrame(performance.now());
    },
    { signal },
  );
}
