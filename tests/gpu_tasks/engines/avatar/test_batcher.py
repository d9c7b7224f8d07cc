import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gpu_tasks.engines.avatar.batcher import Batcher
from gpu_tasks.engines.errors import EngineError, OutOfMemory

WAIT = 20.0


class Model:
    """Answers each item with itself. Stops before each batch until it is let go, when asked to."""

    def __init__(self, *, stopped: bool = False, room: int = 16) -> None:
        self.batches: list[list[Any]] = []
        self.room = room
        self.began = threading.Semaphore(0)
        self.go = threading.Semaphore(0)
        self.stopped = stopped

    def __call__(self, items: Sequence[Any]) -> list[Any]:
        self.batches.append(list(items))
        if self.stopped:
            self.began.release()
            assert self.go.acquire(timeout=WAIT)
        if len(items) > self.room:
            raise OutOfMemory(f"no room for {len(items)}")
        return list(items)

    @property
    def sizes(self) -> list[int]:
        return [len(batch) for batch in self.batches]

    def step(self) -> None:
        assert self.began.acquire(timeout=WAIT)
        self.go.release()


@given(st.lists(st.integers(0, 60), min_size=1, max_size=8), st.integers(1, 40))
@settings(max_examples=25, deadline=None)
def test_everybody_gets_their_own_frames_in_order(lengths: list[int], look_ahead: int) -> None:
    batcher: Batcher[tuple[int, int], tuple[int, int]] = Batcher(Model(), look_ahead=look_ahead)
    sessions = [[(session, number) for number in range(length)] for session, length in enumerate(lengths)]

    with ThreadPoolExecutor(len(sessions)) as threads:
        answers = list(threads.map(lambda items: list(batcher.map(items)), sessions))

    assert answers == sessions


@given(st.lists(st.lists(st.integers(0, 40), min_size=1, max_size=3), min_size=1, max_size=4))
@settings(max_examples=25, deadline=None)
def test_streams_of_one_session_get_their_own_frames_in_order(sessions: list[list[int]]) -> None:
    batcher: Batcher[tuple[int, int, int], tuple[int, int, int]] = Batcher(Model())
    work = [
        (session, [(session, stream, number) for number in range(length)])
        for session, lengths in enumerate(sessions)
        for stream, length in enumerate(lengths)
    ]

    with ThreadPoolExecutor(len(work)) as threads:
        answers = list(threads.map(lambda each: list(batcher.map(each[1], each[0])), work))

    assert answers == [items for _, items in work]


def test_a_session_with_many_streams_gets_no_more_of_a_batch_than_another() -> None:
    model = Model(stopped=True)
    batcher = Batcher[str, str](model, sizes=(8,))
    with ThreadPoolExecutor(5) as threads:
        first = threads.submit(list, batcher.map(["-"]))
        assert model.began.acquire(timeout=WAIT)  # the others come while it is made
        greedy = [threads.submit(list, batcher.map(["greedy"] * 24, "greedy")) for _ in range(3)]
        modest = threads.submit(list, batcher.map(["modest"] * 24, "modest"))
        _until(lambda: sum(len(stream.pending) for stream in _streams(batcher)) == 4 * 24)
        model.go.release()
        while not all(each.done() for each in (first, modest, *greedy)):
            if model.began.acquire(timeout=0.01):
                model.go.release()

    both = [batch for batch in model.batches if "modest" in batch]
    assert sum(batch.count("modest") for batch in both) == 24
    assert all(batch.count("modest") >= 4 for batch in both)


def test_what_is_wanted_later_is_made_after_what_is_wanted_now() -> None:
    model = Model(stopped=True)
    batcher = Batcher[str, str](model, sizes=(8,))
    with ThreadPoolExecutor(3) as threads:
        first = threads.submit(list, batcher.map(["-"]))
        assert model.began.acquire(timeout=WAIT)  # the others come while it is made
        later = threads.submit(list, batcher.map(["later"] * 8, "one", 3600.0))
        _until(lambda: sum(len(stream.pending) for stream in _streams(batcher)) == 8)
        now = threads.submit(list, batcher.map(["now"] * 16, "other"))
        _until(lambda: sum(len(stream.pending) for stream in _streams(batcher)) == 24)
        model.go.release()
        while not all(each.done() for each in (first, later, now)):
            if model.began.acquire(timeout=0.01):
                model.go.release()

    assert [batch[0] for batch in model.batches] == ["-", "now", "now", "later"]


def _streams(batcher: Batcher[str, str]) -> list[Any]:
    with batcher._lock:
        return list(batcher._rota)


def test_batches_have_fixed_sizes_and_are_filled_with_the_last_item() -> None:
    model = Model()

    assert list(Batcher[int, int](model, sizes=(4, 8)).map(range(6))) == list(range(6))

    assert set(model.sizes) <= {4, 8}
    assert model.batches[-1][-1] == 5


@pytest.mark.parametrize("sessions", [1, 4, 16])
def test_batches_of_waiting_sessions_are_full(sessions: int) -> None:
    model = Model(stopped=True)
    batcher = Batcher[int, int](model)
    joined = threading.Barrier(sessions + 1)

    def items() -> Iterator[int]:
        joined.wait(WAIT)  # nothing is made before all are there
        yield from range(160)

    with ThreadPoolExecutor(sessions) as threads:
        all_made = [threads.submit(lambda: list(batcher.map(items()))) for _ in range(sessions)]
        joined.wait(WAIT)
        while not all(made.done() for made in all_made):
            if model.began.acquire(timeout=0.01):
                # the card is slower than those who fetch its frames: they have asked for more by now
                _until(lambda: all(made.done() or _asked(batcher) for made in all_made))
                model.go.release()

    assert sum(len(made.result()) for made in all_made) == 160 * sessions
    assert batcher.tally.full >= 0.9


def _asked(batcher: Batcher[int, int]) -> bool:
    with batcher._lock:
        return all(stream.changed._waiters for stream in batcher._rota if not stream.results)  # type: ignore[attr-defined]


def _until(true: Callable[[], bool]) -> None:
    pause = threading.Event()
    for _ in range(int(WAIT * 1000)):
        if true():
            return
        pause.wait(0.001)
    raise AssertionError("it never became true")


def test_no_more_than_the_look_ahead_is_made_for_one_who_does_not_fetch() -> None:
    model = Model()
    pulled: list[int] = []
    frames = Batcher[int, int](model, look_ahead=10).map(pulled.append(number) or number for number in range(100))

    with closing(frames):
        next(frames)
        assert len(pulled) == 10


def test_a_closed_stream_leaves_within_one_batch() -> None:
    model = Model(stopped=True)
    batcher = Batcher[str, str](model, sizes=(4,))
    leaving, staying = batcher.map(["left"] * 40), batcher.map(["stays"] * 8)
    with ThreadPoolExecutor(2) as threads:
        first = threads.submit(next, leaving)
        model.step()
        assert first.result(WAIT) == "left"
        rest = threads.submit(list, staying)
        assert model.began.acquire(timeout=WAIT)  # a second batch runs while it leaves
        leaving.close()
        model.go.release()
        while not rest.done():
            if model.began.acquire(timeout=0.01):
                model.go.release()

    assert rest.result() == ["stays"] * 8
    assert all("left" not in batch for batch in model.batches[2:])


def test_a_batch_too_large_for_the_memory_is_halved_and_the_frames_are_the_same() -> None:
    model = Model(room=5)

    assert list(Batcher[int, int](model).map(range(100))) == list(range(100))

    assert max(model.sizes) == 16
    assert model.sizes.count(16) == 1  # it is not tried again and again


def test_a_size_that_was_too_large_is_tried_again_later() -> None:
    model = Model(room=4)
    batcher = Batcher[int, int](model, sizes=(1, 4, 8))
    frames = batcher.map(range(4000))
    for _ in range(100):
        next(frames)
    model.room = 16

    assert list(frames) == list(range(100, 4000))
    assert model.sizes[-50:].count(8) > 40


def test_no_memory_for_a_single_frame_is_an_error() -> None:
    with pytest.raises(OutOfMemory, match="no room for 1"):
        list(Batcher[int, int](Model(room=0)).map(range(20)))


def test_warming_up_runs_every_size() -> None:
    model = Model()
    Batcher[int, int](model).warm_up(7)

    assert model.batches == [[7], [7] * 4, [7] * 8, [7] * 16]


def test_sizes_that_do_not_fit_when_warming_up_are_not_used() -> None:
    model = Model(room=8)
    batcher = Batcher[int, int](model)
    batcher.warm_up(7)
    model.batches.clear()

    assert list(batcher.map(range(100))) == list(range(100))
    assert max(model.sizes) == 8


def test_no_room_for_one_frame_is_an_error_when_warming_up() -> None:
    with pytest.raises(OutOfMemory):
        Batcher[int, int](Model(room=0)).warm_up(7)


@pytest.mark.parametrize("answer", [ValueError("broken"), []])
def test_a_model_that_fails_is_an_error_and_the_next_turn_is_served(answer: ValueError | list[int]) -> None:
    broken = True

    def run(items: Sequence[int]) -> Sequence[int]:
        if not broken:
            return items
        if isinstance(answer, ValueError):
            raise answer
        return answer

    batcher = Batcher(run)
    with pytest.raises(EngineError, match=r"broken|0 frames of 4"):
        list(batcher.map(range(20)))

    broken = False
    assert list(batcher.map(range(20))) == list(range(20))


def test_one_streams_failure_is_not_anothers() -> None:
    def run(items: Sequence[int]) -> Sequence[int]:
        if items[0] < 0:
            raise ValueError("a bad item")
        return items

    batcher = Batcher(run, sizes=(1,))
    with ThreadPoolExecutor(2) as threads:
        bad, good = threads.submit(list, batcher.map([-1] * 50)), threads.submit(list, batcher.map(range(50)))

    assert isinstance(bad.exception(), EngineError)
    assert good.result() == list(range(50))


def test_nobody_waits_for_a_thread_that_died(monkeypatch: pytest.MonkeyPatch) -> None:
    class Killed(BaseException):
        pass

    logged: list[type[BaseException]] = []
    monkeypatch.setattr(threading, "excepthook", lambda args: logged.append(args.exc_type))
    threads: list[threading.Thread] = []

    def run(items: Sequence[int]) -> Sequence[int]:
        threads.append(threading.current_thread())
        if len(threads) == 1:
            raise Killed
        return items

    batcher = Batcher(run)
    with pytest.raises(EngineError, match="died"):
        list(batcher.map(range(20)))
    threads[0].join(WAIT)

    assert logged == [Killed]
    assert list(batcher.map(range(20))) == list(range(20))


def test_a_model_that_hangs_is_an_error() -> None:
    model = Model(stopped=True)

    with pytest.raises(EngineError, match="made no frame"):
        list(Batcher[int, int](model, patience=0.05).map(range(4)))
    model.step()


def test_who_waits_while_others_are_served_does_not_give_up() -> None:
    waited = threading.Event()

    class Others:
        """A batch was made whenever one looks."""

        looks, items, slots = 0, 0, 0

        @property
        def batches(self) -> int:
            self.looks += 1
            if self.looks == 5:
                waited.set()
            return self.looks

        @batches.setter
        def batches(self, number: int) -> None: ...

    model = Model(stopped=True)
    batcher = Batcher[int, int](model, patience=0.001)
    batcher.tally = Others()  # type: ignore[assignment]
    with ThreadPoolExecutor(1) as threads:
        waiting = threads.submit(list, batcher.map([1]))
        assert waited.wait(WAIT)
        model.step()

    assert waiting.result() == [1]


def test_the_thread_ends_when_nobody_wants_anything() -> None:
    threads: set[threading.Thread] = set()

    def run(items: Sequence[int]) -> Sequence[int]:
        threads.add(threading.current_thread())
        return items

    batcher = Batcher(run)
    for _ in range(3):
        list(batcher.map(range(20)))

    for thread in threads:
        thread.join(WAIT)
        assert not thread.is_alive()


def test_an_error_among_the_items_is_the_callers_and_leaves_nothing_behind() -> None:
    def items() -> Iterator[int]:
        yield 1
        raise KeyError("no source")

    batcher = Batcher[int, int](Model())
    with pytest.raises(KeyError):
        list(batcher.map(items()))

    assert list(batcher.map([1, 2])) == [1, 2]


@pytest.mark.parametrize("options", [{"sizes": ()}, {"sizes": (0, 4)}, {"look_ahead": 0}])
def test_settings_that_could_never_work_are_refused(options: dict[str, Any]) -> None:
    with pytest.raises(EngineError):
        Batcher[int, int](Model(), **options)
