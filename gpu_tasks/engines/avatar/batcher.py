import logging
import threading
import time
from collections import deque
from collections.abc import Callable, Generator, Hashable, Iterable, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Generic, TypeVar

from gpu_tasks.engines.avatar.base import FPS
from gpu_tasks.engines.avatar.batching import Queue, Rota, fitting
from gpu_tasks.engines.errors import EngineError, OutOfMemory

logger = logging.getLogger(__name__)

Item = TypeVar("Item")
Result = TypeVar("Result")

SIZES = (1, 4, 8, 16)
_CALM = 250  # good batches after which a size that was too large is tried again


@dataclass(slots=True)
class Tally:
    batches: int = 0
    items: int = 0
    slots: int = 0

    @property
    def full(self) -> float:
        """How much of the batches was not padding, 0..1."""
        return self.items / self.slots if self.slots else 1.0


class _Stream(Queue[Item], Generic[Item, Result]):
    def __init__(self, lock: threading.RLock, session: Hashable | None, due: float | None) -> None:
        super().__init__(session, due)
        self.results: deque[Result] = deque()
        self.outstanding = 0
        """Items that were put in and whose results were not taken out."""
        self.failure: EngineError | None = None
        self.left = False
        self.changed = threading.Condition(lock)

    def deliver(self, result: Result) -> None:
        self.results.append(result)
        self.changed.notify()

    def fail(self, error: EngineError) -> None:
        self.failure = error
        self.pending.clear()
        self.changed.notify()


_Batch = list[tuple[_Stream[Item, Result], Item]]


class Batcher(Generic[Item, Result]):
    """One model, shared by all who want frames of it at the same time.

    `run` gets exactly as many items as one of `sizes` (the last one is repeated to fill up) and answers one
    result for each. It is called by one thread, which lives as long as somebody wants something. When it raises
    OutOfMemory the batch is halved; whatever else it raises is an EngineError for those who were in the batch.

    `look_ahead`: items of one stream that may wait or be ready. `far_ahead`: seconds before its results are
    due from which on a session gives way to others. `patience`: seconds without any batch after which streams
    give up.
    """

    def __init__(
        self,
        run: Callable[[Sequence[Item]], Sequence[Result]],
        *,
        sizes: Sequence[int] = SIZES,
        look_ahead: int = 32,
        far_ahead: float = 2.0,
        patience: float = 60.0,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        if not sizes or min(sizes) < 1:
            raise EngineError(f"batch sizes have to be 1 or more: {list(sizes)}")
        if look_ahead < 1:
            raise EngineError(f"look_ahead has to be 1 or more: {look_ahead}")
        self._run = run
        self._sizes = sorted(set(sizes))
        self._limit = self._sizes[-1]
        self._calm = 0
        self._look_ahead = look_ahead
        self._patience = patience
        self._clock = clock
        self._lock = threading.RLock()
        self._wanted = threading.Condition(self._lock)
        self._rota: Rota[_Stream[Item, Result]] = Rota(
            self._sizes, clock=clock, rate=FPS, far_ahead=far_ahead * FPS, first=self._sizes[min(1, len(sizes) - 1)]
        )
        self._thread: threading.Thread | None = None
        self.tally = Tally()

    def warm_up(self, item: Item) -> None:
        """Run every size once. One that is too large for the memory is not used. Raises EngineError."""
        for size in self._sizes:
            try:
                self._run([item] * size)
            except OutOfMemory:
                if size == self._sizes[0]:
                    raise
                self._sizes = self._sizes[: self._sizes.index(size)]
                self._limit = self._sizes[-1]
                logger.warning("no memory for batches of %d: %d is the largest", size, self._limit)
                return

    def map(
        self, items: Iterable[Item], session: Hashable | None = None, due: float | None = None
    ) -> Generator[Result, None, None]:
        """Yield the result of each item, in order. Closing it takes what was not begun out of the queue.

        Sessions get equally much, however many streams one has at a time. `due`: seconds until the first result is
        wanted, where that is known. Raises EngineError.
        """
        source = iter(items)
        stream: _Stream[Item, Result] = _Stream(self._lock, session, None if due is None else self._clock() + due)
        self._join(stream)
        try:
            while self._feed(stream, list(islice(source, self._look_ahead - stream.outstanding))):
                yield self._next(stream)
        finally:
            self._leave(stream)

    def _join(self, stream: _Stream[Item, Result]) -> None:
        with self._lock:
            self._rota.join(stream)
            if self._thread is None or not self._thread.is_alive():
                self._thread = threading.Thread(target=self._work, name="batcher", daemon=True)
                self._thread.start()

    def _leave(self, stream: _Stream[Item, Result]) -> None:
        with self._lock:
            self._rota.leave(stream)
            stream.left = True
            self._wanted.notify()

    def _feed(self, stream: _Stream[Item, Result], items: list[Item]) -> int:
        with self._lock:
            stream.outstanding += len(items)
            if items and not stream.failure:
                stream.pending.extend(items)
                self._wanted.notify()
            return stream.outstanding

    def _next(self, stream: _Stream[Item, Result]) -> Result:
        with stream.changed:
            made = self.tally.batches
            while not stream.changed.wait_for(lambda: stream.results or stream.failure, self._patience):
                if self.tally.batches == made:
                    raise EngineError(f"the model made no frame within {self._patience:.0f} s")
                made = self.tally.batches  # of others, or of an earlier stream of this session
            if stream.failure:
                raise stream.failure
            stream.outstanding -= 1
            return stream.results.popleft()

    def _work(self) -> None:
        try:
            while batch := self._take():
                try:
                    results = self._made([item for _, item in batch])
                except EngineError as error:
                    self._fail(batch, error)
                except Exception as error:
                    logger.exception("a batch of %d failed", len(batch))
                    self._fail(batch, EngineError(f"the model failed: {error}"))
                else:
                    self._deliver(batch, results)
        finally:
            with self._lock:
                if self._thread is threading.current_thread():  # it did not end because all had left
                    self._thread = None
                    for stream in self._rota:
                        stream.fail(EngineError("the thread that makes the batches died"))

    def _take(self) -> _Batch[Item, Result]:
        """The next batch. Empty when all streams have left; then this thread is no more."""
        with self._wanted:
            while self._rota:
                if batch := self._rota.deal(self._limit):
                    return batch
                self._wanted.wait()
            self._thread = None
            return []

    def _made(self, items: list[Item]) -> list[Result]:
        size = fitting(len(items), self._sizes)
        try:
            results = list(self._run(items + [items[-1]] * (size - len(items))))
        except OutOfMemory:
            smaller = [each for each in self._sizes if each <= size // 2]
            if not smaller:
                raise
            logger.warning("no memory for a batch of %d: on with %d", size, smaller[-1])
        else:
            if len(results) != size:
                raise EngineError(f"the model made {len(results)} frames of {size}")
            self._count(len(items), size)
            return results[: len(items)]
        # Here, not in the handler: the exception keeps all that the failed run has put into memory.
        step = smaller[-1]
        self._limit, self._calm = step, 0
        return [result for start in range(0, len(items), step) for result in self._made(items[start : start + step])]

    def _count(self, items: int, size: int) -> None:
        self.tally.batches += 1
        self.tally.items += items
        self.tally.slots += size
        self._calm += 1
        if self._calm >= _CALM and self._limit < self._sizes[-1]:
            self._limit, self._calm = fitting(self._limit + 1, self._sizes), 0

    def _deliver(self, batch: _Batch[Item, Result], results: list[Result]) -> None:
        with self._lock:
            for (stream, _), result in zip(batch, results, strict=True):
                self._rota.delivered(stream)
                if not stream.left:
                    stream.deliver(result)

    def _fail(self, batch: _Batch[Item, Result], error: EngineError) -> None:
        with self._lock:
            for stream in {stream for stream, _ in batch}:
                stream.fail(type(error)(str(error)))
