"""Whether a face can be drawn as fast as it is looked at. A picture that stands still is worse than none: where the
workers have more faces to draw than they can, a reply goes on without."""

import time
from collections import deque
from collections.abc import Callable, Sequence

from gpu_tasks.events import Event, Fragment, Slow, Voiced

TOLERATED_MS = 250
"""A hitch this short costs nobody the face."""
LAST, LATELY_SECONDS = 3, 10.0


class Pace:
    """How many seconds of video this process draws in a second of each segment, beside all that it draws meanwhile."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._noted: deque[tuple[float, float]] = deque(maxlen=LAST)

    def note(self, video_seconds: float, took: float) -> None:
        self._noted.append((self._clock(), video_seconds / max(took, 1e-3)))

    def speed(self) -> float:
        """The best of the last few, so that one that was held up does not count. Infinite where too little was drawn
        lately: then it is not known, and a face is tried."""
        lately = [speed for at, speed in list(self._noted) if self._clock() - at < LATELY_SECONDS]
        return max(lately) if len(lately) > 1 else float("inf")


def keeps_up(events: Sequence[Event], segment: int, duration_ms: int, now: int, speed: float) -> bool:
    """Whether a segment will be there when those before it have been played, and then as fast as it is played. One
    whose voice came later than that is due when its voice was there: its face is not to blame for a long thought."""
    if any(isinstance(event, Slow) for event in events):
        return False
    ahead = TOLERATED_MS
    began = next((event.at for event in events if isinstance(event, Fragment)), None)
    if segment and began is not None:
        due = began
        for voiced in sorted((event for event in events if isinstance(event, Voiced)), key=lambda each: each.segment):
            if voiced.segment <= segment:
                due = max(due, voiced.at)
            if voiced.segment < segment:
                due += voiced.duration_ms
        ahead += due - now
    return ahead >= 0 and speed * (duration_ms + ahead) >= duration_ms
