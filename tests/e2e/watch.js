// Samples the speech video for as long as the page lives: when it played, and how long it stood still in mid-speech.
window.watched = { began: null, last: 0, longestStall: 0, seconds: 0, black: 0, endedAt: null };
(function sample() {
  const video = document.querySelector('[data-testid="speech-video"]');
  const now = performance.now();
  const watched = window.watched;
  if (video && !video.paused && video.readyState >= 2) {
    if (video.currentTime !== watched.time) {
      if (watched.began === null && video.currentTime > 0) watched.began = now;
      if (watched.movedAt && watched.time !== undefined && video.currentTime > watched.time) {
        watched.seconds += video.currentTime - watched.time;
      }
      watched.time = video.currentTime;
      watched.movedAt = now;
    }
  }
  if (video && watched.began !== null && !video.paused && !video.ended) {
    watched.longestStall = Math.max(watched.longestStall, now - watched.movedAt);
  }
  requestAnimationFrame(sample);
})();
