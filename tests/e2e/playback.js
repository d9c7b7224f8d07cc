// Watches how a reply is played for as long as the page lives. window.playback.begin() forgets what was seen before.
(() => {
  const seen = () => ({ frames: [], captions: [], dropped: [], begins: [], ranges: 0 });
  const playback = { ...seen(), begin: () => Object.assign(playback, seen()) };
  window.playback = playback;
  const video = () => document.querySelector('[data-testid="speech-video"]');
  const watched = new WeakSet();
  // Where each segment begins in the stream.
  const offset = Object.getOwnPropertyDescriptor(SourceBuffer.prototype, "timestampOffset");
  Object.defineProperty(SourceBuffer.prototype, "timestampOffset", {
    ...offset,
    set(seconds) {
      playback.begins.push(seconds * 1000);
      offset.set.call(this, seconds);
    },
  });
  const follow = (element) => {
    const frame = (_now, { presentationTime, mediaTime }) => {
      playback.frames.push({ now: presentationTime, media: mediaTime * 1000 });
      element.requestVideoFrameCallback(frame);
    };
    element.requestVideoFrameCallback(frame);
  };
  (function sample() {
    const element = video();
    if (element && !watched.has(element)) {
      watched.add(element);
      follow(element);
    }
    if (element && !element.paused) {
      const content = document.querySelector('[data-testid="caption"]')?.textContent ?? "";
      const said = document.querySelector('[data-testid="caption-said"]')?.textContent ?? "";
      const last = playback.captions.at(-1);
      if (content && (last?.content !== content || last.said !== said.length)) {
        playback.captions.push({ content, said: said.length, at: element.currentTime * 1000 });
      }
      playback.ranges = Math.max(playback.ranges, element.buffered.length);
      playback.dropped.push(element.getVideoPlaybackQuality().droppedVideoFrames);
    }
    requestAnimationFrame(sample);
  })();
})();
