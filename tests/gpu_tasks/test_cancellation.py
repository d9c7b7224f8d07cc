from collections.abc import Iterator
from itertools import count

import pytest

from gpu_tasks import turn_log
from gpu_tasks.cancellation import INTERVAL, Watch
from gpu_tasks.events import Done, TurnRef
from gpu_tasks.turn_log import TurnClosed

pytestmark = pytest.mark.usefixtures("redis")


class Clock:
    def __init__(self) -> None:
        self.now = 100.0

    def monotonic(self) -> float:
        return self.now


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    clock = Clock()
    monkeypatch.setattr("gpu_tasks.cancellation.time", clock)
    return clock


def interrupt() -> None:
    turn_log.close("s1", "t1", Done(interrupted=True, degraded=[], timings={"total": 1}, stages={}))


def test_a_running_turn_is_wanted(turn: TurnRef) -> None:
    watch = Watch(turn)

    watch.check()
    assert not watch.is_cancelled()


def test_an_interrupted_turn_is_not(turn: TurnRef) -> None:
    interrupt()

    with pytest.raises(TurnClosed):
        Watch(turn).check()


def test_it_looks_again_after_20_ms(turn: TurnRef, clock: Clock) -> None:
    watch = Watch(turn)
    seen = [watch.is_cancelled()]
    interrupt()

    clock.now += INTERVAL / 2
    seen.append(watch.is_cancelled())
    clock.now += INTERVAL
    seen.append(watch.is_cancelled())

    assert seen == [False, False, True]


def test_asked_for_every_frame_it_looks_only_now_and_then(
    turn: TurnRef, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    looks = []

    def look(turn_id: str) -> bool:
        looks.append(turn_id)
        return False

    monkeypatch.setattr(turn_log, "is_closed", look)
    watch = Watch(turn)

    for _ in range(1000):
        watch.is_cancelled()
        clock.now += INTERVAL / 100

    assert 5 <= len(looks) <= 11


def test_an_interruption_stays_one(turn: TurnRef, clock: Clock, monkeypatch: pytest.MonkeyPatch) -> None:
    interrupt()
    watch = Watch(turn)
    watch.is_cancelled()
    monkeypatch.setattr(turn_log, "is_closed", lambda turn_id: False)

    clock.now += 10
    assert watch.is_cancelled()


def test_frames_pass_until_the_interruption_and_no_further(turn: TurnRef, clock: Clock) -> None:
    def frames() -> Iterator[int]:
        for number in count():
            if number == 3:
                interrupt()
                clock.now += INTERVAL
            yield number

    passed = Watch(turn).each(frames())

    assert [next(passed), next(passed), next(passed)] == [0, 1, 2]
    with pytest.raises(TurnClosed):
        next(passed)


def test_what_makes_the_values_ends_with_the_turn(turn: TurnRef, clock: Clock) -> None:
    ended: list[bool] = []

    def values() -> Iterator[int]:
        try:
            yield from count()
        finally:
            ended.append(True)

    frames = Watch(turn).each(values())
    next(frames)
    interrupt()
    clock.now += INTERVAL

    with pytest.raises(TurnClosed) as kept:
        next(frames)
    assert ended == [True]
    assert kept.tb is not None  # even while somebody still looks at the error
