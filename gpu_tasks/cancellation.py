import time
from collections.abc import Generator, Iterable, Iterator
from typing import TypeVar

from gpu_tasks import turn_log
from gpu_tasks.connections import redis_client
from gpu_tasks.events import TurnRef

T = TypeVar("T")
INTERVAL = 0.05
NEEDED_INTERVAL = 0.5


class Watch:
    """Looks whether a turn is still wanted, at most every 50 ms, so that it may be asked for every frame."""

    def __init__(self, turn: TurnRef) -> None:
        self._turn_id = turn["turn_id"]
        self._cancelled = False
        self._next_look = 0.0

    def is_cancelled(self) -> bool:
        now = time.monotonic()
        if not self._cancelled and now >= self._next_look:
            self._cancelled = turn_log.is_closed(self._turn_id)
            self._next_look = now + INTERVAL
        return self._cancelled

    def check(self) -> None:
        """Raises TurnClosed."""
        if self.is_cancelled():
            raise turn_log.TurnClosed

    def each(self, values: Iterable[T]) -> Iterator[T]:
        """Pass values on while the turn is wanted. Raises TurnClosed, and at once ends what makes the values."""
        try:
            for value in values:
                self.check()
                yield value
        finally:
            if isinstance(values, Generator):
                values.close()


class Needed:
    """Whether a turn has come to need the workers, for work that gives way to any. Looks twice a second, so that it
    may be asked for every frame; once true it stays so."""

    def __init__(self) -> None:
        self._needed = False
        self._next_look = 0.0

    def now(self) -> bool:
        now = time.monotonic()
        if not self._needed and now >= self._next_look:
            self._needed = bool(redis_client().scard(turn_log.RUNNING))
            self._next_look = now + NEEDED_INTERVAL
        return self._needed
