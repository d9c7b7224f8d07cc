"""Whether a face can be drawn as fast as it is looked at. A picture that stands still is worse than none: where the
workers have more faces to draw than they can, a reply goes on without."""

import time
from collections import deque
from collections.abc import Callable, Sequence

from gpu_tasks.events import Event, Fragment, Slow, Voiced

TOLERATED_MS = 250
"""A hitch this short costs nobody the face."""
LAST, LATELY_SECONDS = 3, 10.0
AHEAD_SECONDS = 2.0
"""What is due later may give way to others: it tells nothing of how fast faces can be drawn."""


class Pace:
    """How many seconds of video this process draws in a second of each segment, beside all that it draws meanwhile."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._noted: deque[tuple[float, float]] = deque(maxlen=LAST)

    def note(self, video_seconds: float, took: float, due_in: float | None = None) -> None:
        """`due_in`: when the drawing began."""
        if due_in is None or due_in < AHEAD_SECONDS:
            self._noted.append((self._clock(), video_seconds / max(took, 1e-3)))

    def speed(self) -> float:
        """The best of the last few, so that one that was held up does not count. Infinite where too little was drawn
        lately: then it is not known, and a face is tried."""
        lately = [speed for at, speed in list(self._noted) if self._clock() - at < LATELY_SECONDS]
        return max(lately) if len(lately) > 1 else float("inf")


def due_at(events: Sequence[Event], segment: int) -> int | None:
    """When those before it have been played; None while none of the reply is. A segment whose voice came later than
    that is due when its voice was there: its face is not to blame for a long thought."""
    due = next((event.at for event in events if isinstance(event, Fragment)), None)
    if not segment or due is None:
        return None
    for voiced in sorted((event for event in events if isinstance(event, Voiced)), key=lambda each: each.segment):
        if voiced.segment <= segment:
            due = max(due, voiced.at)
        if voiced.segment < segment:
            due += voiced.duration_ms
    return due


def keeps_up(events: Sequence[Event], segment: int, duration_ms: int, now: int, speed: float) -> bool:
    """Whether a segment will be there when it is due, and then as fast as it is played."""
    if any(isinstance(event, Slow) for event in events):
        return False
    due = due_at(events, segment)
    ahead = TOLERATED_MS + (0 if due is None else due - now)
    return ahead >= 0 and speed * (duration_ms + ahead) >= duration_ms
