"""Whose frames are made next when many sessions share one model. No threads, no model."""

from collections import deque
from collections.abc import Callable, Hashable, Iterator, Sequence
from typing import Any, Generic, TypeVar

Item = TypeVar("Item")


class Queue(Generic[Item]):
    """What one stream, a segment of a reply, still wants, in order. Streams of one `session` share its turns; without
    one a stream is a session by itself. `due`: when it is played, if that is known; None of what begins a reply."""

    def __init__(self, session: Hashable | None = None, due: float | None = None) -> None:
        self.session: Hashable = self if session is None else session
        self.due = due
        self.pending: deque[Item] = deque()


Waiting = TypeVar("Waiting", bound=Queue[Any])


class Share(Generic[Waiting]):
    """One session's place in the ring. Its streams are played one after another, so the earlier ones are made first."""

    def __init__(self, due: float | None) -> None:
        self.queues: list[Waiting] = []
        self.dealt = 0
        self.began = due
        """From when on it is played: if that was not known, since its first frame was there."""

    def lead(self, now: float, rate: float) -> float:
        """By how many frames it is ahead of being played."""
        return 0.0 if self.began is None else self.dealt - (now - self.began) * rate

    @property
    def begins(self) -> bool:
        return self.began is None and not self.dealt

    def pending(self) -> int:
        return sum(len(queue.pending) for queue in self.queues)

    def take(self) -> tuple[Waiting, Any]:
        queue = next(queue for queue in self.queues if queue.pending)
        self.dealt += 1
        return queue, queue.pending.popleft()


class Rota(Generic[Waiting]):
    """Deals the next batch, one item to each session in turn, however many streams it has.

    Sessions that begin go before all others, with few items each in a batch of their own: it is soon made, so the
    first frame is soon there, and the others have some that are not yet played. A session that is far ahead of being
    played gets only what would be padding, as long as others are not.
    """

    def __init__(
        self, sizes: Sequence[int], *, clock: Callable[[], float], rate: float, far_ahead: float, first: int
    ) -> None:
        self._sizes = sorted(sizes)
        self._clock = clock
        self._rate = rate
        self._far_ahead = far_ahead
        self._first = first
        self._shares: dict[Hashable, Share[Waiting]] = {}
        self._ring: deque[Share[Waiting]] = deque()

    def __len__(self) -> int:
        return len(self._ring)

    def __iter__(self) -> Iterator[Waiting]:
        return (queue for share in self._ring for queue in share.queues)

    def join(self, queue: Waiting) -> None:
        if queue.session not in self._shares:
            self._shares[queue.session] = Share(queue.due)
            self._ring.append(self._shares[queue.session])
        self._shares[queue.session].queues.append(queue)

    def leave(self, queue: Waiting) -> None:
        share = self._shares[queue.session]
        share.queues.remove(queue)
        if not share.queues:
            self._ring.remove(self._shares.pop(queue.session))

    def delivered(self, queue: Waiting) -> None:
        """A frame of it is there."""
        share = self._shares.get(queue.session)
        if share is not None and share.began is None:
            share.began = self._clock()

    def deal(self, limit: int) -> list[tuple[Waiting, Any]]:
        """At most `limit` items; none when nobody wants anything."""
        now = self._clock()
        waiting = [share for share in self._ring if share.pending()]
        if begins := [share for share in waiting if share.begins]:
            return self._round(begins, limit)
        ahead = [share for share in waiting if share.lead(now, self._rate) >= self._far_ahead]
        behind = [share for share in waiting if share not in ahead]
        dealt = self._round(behind or ahead, limit)
        if behind:
            dealt += self._round(ahead, min(fitting(len(dealt), self._sizes), limit) - len(dealt))
        return dealt

    def _round(self, shares: list[Share[Waiting]], room: int) -> list[tuple[Waiting, Any]]:
        allowed = {share: min(share.pending(), room if share.dealt else self._first) for share in shares}
        dealt: list[tuple[Waiting, Any]] = []
        last = None
        while len(dealt) < room and any(allowed.values()):
            for share in shares:
                if allowed[share] and len(dealt) < room:
                    allowed[share] -= 1
                    dealt.append(share.take())
                    last = share
        if last is not None:  # who comes after the last one served is the first of the next batch
            self._ring.rotate(-1 - self._ring.index(last))
        return dealt


def fitting(count: int, sizes: Sequence[int]) -> int:
    """The smallest of the sorted `sizes` that holds `count`, or the largest."""
    return next((size for size in sizes if size >= count), sizes[-1])
