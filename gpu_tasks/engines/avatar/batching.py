"""Whose frames are made next when many streams share one model. No threads, no model."""

from collections import deque
from collections.abc import Callable, Iterator, Sequence
from typing import Any, Generic, TypeVar

Item = TypeVar("Item")


class Queue(Generic[Item]):
    """What one stream still wants, in order."""

    def __init__(self) -> None:
        self.pending: deque[Item] = deque()
        self.dealt = 0
        self.began: float | None = None
        """When its first frame was there: from then on it is played."""

    def lead(self, now: float, rate: float) -> float:
        """By how many frames it is ahead of being played."""
        return 0.0 if self.began is None else self.dealt - (now - self.began) * rate


Waiting = TypeVar("Waiting", bound=Queue[Any])


class Rota(Generic[Waiting]):
    """Deals the next batch, one item each in turn.

    A stream gives few items to its first batch, so that its first frame is soon there. One that is far ahead
    of being played gets only what would be padding, as long as others are not.
    """

    def __init__(
        self, sizes: Sequence[int], *, clock: Callable[[], float], rate: float, far_ahead: float, first: int
    ) -> None:
        self._sizes = sorted(sizes)
        self._clock = clock
        self._rate = rate
        self._far_ahead = far_ahead
        self._first = first
        self._ring: deque[Waiting] = deque()

    def __len__(self) -> int:
        return len(self._ring)

    def __iter__(self) -> Iterator[Waiting]:
        return iter(self._ring)

    def join(self, queue: Waiting) -> None:
        self._ring.append(queue)

    def leave(self, queue: Waiting) -> None:
        self._ring.remove(queue)

    def deal(self, limit: int) -> list[tuple[Waiting, Any]]:
        """At most `limit` items; none when nobody wants anything."""
        now = self._clock()
        waiting = [queue for queue in self._ring if queue.pending]
        ahead = [queue for queue in waiting if queue.lead(now, self._rate) >= self._far_ahead]
        behind = [queue for queue in waiting if queue not in ahead]
        dealt = self._round(behind or ahead, limit)
        if behind:
            dealt += self._round(ahead, min(fitting(len(dealt), self._sizes), limit) - len(dealt))
        return dealt

    def _round(self, queues: list[Waiting], room: int) -> list[tuple[Waiting, Any]]:
        allowed = {queue: min(len(queue.pending), room if queue.dealt else self._first) for queue in queues}
        dealt: list[tuple[Waiting, Any]] = []
        while len(dealt) < room and any(allowed.values()):
            for queue in queues:
                if allowed[queue] and len(dealt) < room:
                    allowed[queue] -= 1
                    dealt.append((queue, queue.pending.popleft()))
        for queue, _ in dealt:
            queue.dealt += 1
        if dealt:  # who comes after the last one served is the first of the next batch
            self._ring.rotate(-1 - self._ring.index(dealt[-1][0]))
        return dealt


def fitting(count: int, sizes: Sequence[int]) -> int:
    """The smallest of the sorted `sizes` that holds `count`, or the largest."""
    return next((size for size in sizes if size >= count), sizes[-1])
