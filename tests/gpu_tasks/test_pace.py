import pytest

from gpu_tasks.events import Event, Fragment, Slow, Voiced
from gpu_tasks.pace import AHEAD_SECONDS, LATELY_SECONDS, TOLERATED_MS, Pace, due_at, keeps_up

BEGAN = 1_000
FIRST = Fragment(at=BEGAN, segment=0, index=0, blob="b", content="a", last=False)
PLAYING: list[Event] = [
    Voiced(at=BEGAN - 100, segment=0, duration_ms=2_000),
    FIRST,
    Voiced(at=BEGAN + 500, segment=1, duration_ms=3_000),
]
DUE = BEGAN + 2_000 + 3_000
"""When segment 2 has to be there."""


@pytest.mark.parametrize(
    ("now", "speed", "kept"),
    [
        (DUE - 1_000, 2.0, True),
        (DUE, 1.0, True),
        (DUE + TOLERATED_MS, 1.0, True),
        (DUE + TOLERATED_MS + 1, 50.0, False),  # the picture stands still already
        (DUE, 0.5, False),  # it would run out in the middle
        (DUE - 4_000, 0.5, True),  # slow, but begun early enough
    ],
)
def test_a_face_is_drawn_where_it_is_there_in_time(now: int, speed: float, kept: bool) -> None:
    assert keeps_up(PLAYING, 2, 4_000, now, speed) == kept


def test_the_first_segment_has_its_face_where_faces_are_drawn_fast_enough() -> None:
    late = DUE + 60_000

    assert keeps_up(PLAYING, 0, 4_000, late, 1.0)
    assert not keeps_up(PLAYING[:1], 0, 4_000, late, 0.5)


@pytest.mark.parametrize(("now", "kept"), [(0, True), (TOLERATED_MS, True), (TOLERATED_MS + 1, False)])
def test_a_long_thought_costs_nobody_the_face(now: int, kept: bool) -> None:
    """Neither the segment that was waited for, nor the next one, which is due when that has been played."""
    thought = DUE + 10_000
    waited_for = Voiced(at=thought, segment=2, duration_ms=4_000)
    after = Voiced(at=thought + 100, segment=3, duration_ms=4_000)

    assert keeps_up([*PLAYING, waited_for], 2, 4_000, thought + now, 1.0) == kept
    assert keeps_up([*PLAYING, waited_for, after], 3, 4_000, thought + 4_000 + now, 1.0) == kept


def test_a_segment_is_due_when_those_before_it_have_been_played() -> None:
    assert due_at(PLAYING, 2) == DUE
    assert due_at(PLAYING, 1) == BEGAN + 2_000
    assert due_at(PLAYING, 0) is None
    assert due_at(PLAYING[:1], 2) is None  # nothing is played yet


def test_a_segment_that_is_ready_before_the_first_one_is_not_late() -> None:
    assert keeps_up([event for event in PLAYING if event is not FIRST], 2, 4_000, DUE + 60_000, 1.0)


def test_a_reply_that_went_on_without_its_face_does_not_get_it_back() -> None:
    assert not keeps_up([*PLAYING, Slow()], 2, 4_000, BEGAN, float("inf"))


def test_the_speed_is_the_best_of_the_last_segments() -> None:
    pace = Pace(clock=lambda: 100.0)
    assert pace.speed() == float("inf")

    pace.note(6.0, took=2.0)
    assert pace.speed() == float("inf")  # one may have been held up

    pace.note(3.0, took=4.0)
    assert pace.speed() == 3.0

    pace.note(3.0, took=6.0)
    pace.note(3.0, took=5.0)
    assert pace.speed() == 0.75


def test_what_gave_way_to_others_tells_nothing_of_the_speed() -> None:
    pace = Pace(clock=lambda: 100.0)
    for _ in range(3):
        pace.note(4.0, took=8.0, due_in=AHEAD_SECONDS)
    assert pace.speed() == float("inf")

    for _ in range(3):
        pace.note(4.0, took=8.0, due_in=AHEAD_SECONDS - 0.1)
    assert pace.speed() == 0.5


def test_the_speed_is_forgotten_when_nothing_is_drawn() -> None:
    now = 100.0
    pace = Pace(clock=lambda: now)
    pace.note(3.0, took=4.0)
    pace.note(3.0, took=4.0)

    now += LATELY_SECONDS
    assert pace.speed() == float("inf")
