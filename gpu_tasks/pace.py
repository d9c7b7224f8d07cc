"""Whether a face can be drawn as fast as it is looked at. A picture that stands still is worse than none: where the
workers have more faces to draw than they can, a reply goes on without."""

import threading
import time
from collections.abc import Callable, Sequence

from gpu_tasks.events import Event, Fragment, Slow, Voiced

TOLERATED_MS = 250
"""A hitch this short costs nobody the face."""
LATELY_SECONDS = 10.0


class Pace:
    """How many seconds of video this process draws in a second of each segment, beside all that it draws meanwhile."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._speed = self._noted_at = 0.0

    def note(self, video_seconds: float, took: float) -> None:
        with self._lock:
            self._speed, self._noted_at = video_seconds / max(took, 1e-3), self._clock()

    def speed(self) -> float:
        """Infinite where nothing was drawn lately: then it is not known, and there is time."""
        with self._lock:
            lately = self._noted_at and self._clock() - self._noted_at < LATELY_SECONDS
            return self._speed if lately else float("inf")


def keeps_up(events: Sequence[Event], segment: int, duration_ms: int, now: int, speed: float) -> bool:
    """Whether a segment will be there when those before it have been played, and then as fast as it is played."""
    if any(isinstance(event, Slow) for event in events):
        return False
    began = next((event.at for event in events if isinstance(event, Fragment)), None)
    if segment == 0 or began is None:
        return True
    due = began + sum(event.duration_ms for event in events if isinstance(event, Voiced) and event.segment < segment)
    ahead = due - now + TOLERATED_MS
    return ahead >= 0 and speed * (duration_ms + ahead) >= duration_ms
