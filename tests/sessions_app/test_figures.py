"""What days came to, counted as it happens, and again from the rows."""

from datetime import timedelta
from itertools import pairwise

import pytest
from django.core.management import call_command
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from accounts.models import User
from gpu_tasks.events import Fragment, SegmentDone, now_ms
from sessions_app import figures
from sessions_app.lifecycle import open_session
from sessions_app.models import DayFigures, FirstFrames, Session, Turn, Tutor
from sessions_app.outcome import Outcome, outcome
from sessions_app.tasks import record

TODAY = ["sessions", "turns", "interrupted", "failed", "degraded", "spoken_ms"]


def today() -> dict[str, int]:
    return DayFigures.objects.values(*TODAY).get(day=timezone.localdate())


def end(session: Session, status: Turn.Status, result: Outcome, number: int = 1) -> Turn:
    turn = Turn.objects.create(session=session, number=number, modality="text", status=Turn.Status.SPEAKING)
    assert record(turn.id, status, result, result.reply)
    return turn


def spoken(ms: int, first_frame: int) -> Outcome:
    begun = now_ms() - 60_000
    events = [
        Fragment(segment=0, index=0, blob="", content="Light.", last=True, at=begun + first_frame),
        SegmentDone(segment=0, content="Light.", duration_ms=ms, video="v", audio="a", at=begun + 2 * first_frame),
    ]
    return outcome(events, begun)


@pytest.mark.usefixtures("redis")
def test_a_session_is_counted_when_it_is_opened(alice: User, tutor: Tutor) -> None:
    open_session(alice, tutor.id, None)
    open_session(alice, tutor.id, None)

    assert today()["sessions"] == 2


def test_a_turn_is_counted_as_it_ends(session: Session) -> None:
    end(session, Turn.Status.COMPLETED, spoken(3_000, first_frame=900), 1)
    failed = spoken(500, first_frame=2_000)
    failed.degraded = ["video"]
    end(session, Turn.Status.FAILED, failed, 2)
    end(session, Turn.Status.INTERRUPTED, Outcome(), 3)

    assert today() == {
        "sessions": 0,
        "turns": 3,
        "interrupted": 1,
        "failed": 1,
        "degraded": 1,
        "spoken_ms": 3_500,
    }
    assert dict(FirstFrames.objects.values_list("within_ms", "turns")) == {
        figures.bucket(900): 1,
        figures.bucket(2_000): 1,
    }


def test_a_turn_whose_end_came_second_is_not_counted_again(session: Session) -> None:
    turn = end(session, Turn.Status.INTERRUPTED, Outcome())
    assert not record(turn.id, Turn.Status.COMPLETED, Outcome(), "")

    assert today()["turns"] == 1


def test_what_staff_only_try_is_not_counted(session: Session, dora: User) -> None:
    Tutor.objects.filter(id=session.tutor_id).update(tried_by=dora)
    end(session, Turn.Status.COMPLETED, spoken(3_000, 900))

    assert not DayFigures.objects.exists()
    assert not FirstFrames.objects.exists()
    call_command("count_figures")
    assert not DayFigures.objects.exists()


def test_counted_anew_the_figures_are_the_same(session: Session, capsys: pytest.CaptureFixture[str]) -> None:
    figures.count_session(session)
    end(session, Turn.Status.COMPLETED, spoken(3_000, 900), 1)
    end(session, Turn.Status.FAILED, spoken(500, 2_000), 2)
    end(session, Turn.Status.INTERRUPTED, Outcome(degraded=["speech"]), 3)
    counted, frames = today(), set(FirstFrames.objects.values_list("day", "within_ms", "turns"))

    call_command("count_figures")

    assert capsys.readouterr().out == "1 days\n"
    assert today() == counted
    assert set(FirstFrames.objects.values_list("day", "within_ms", "turns")) == frames


def test_older_days_can_be_left_as_they_are(session: Session) -> None:
    long_ago = timezone.localdate() - timedelta(days=40)
    DayFigures.objects.create(day=long_ago, turns=7)
    end(session, Turn.Status.COMPLETED, Outcome())

    call_command("count_figures", "--since", timezone.localdate().isoformat())

    assert dict(DayFigures.objects.values_list("day", "turns")) == {long_ago: 7, timezone.localdate(): 1}


@given(st.integers(0, 10**7))
def test_a_bucket_ends_at_most_a_tenth_behind_what_is_in_it(ms: int) -> None:
    end = figures.bucket(ms)

    assert end == figures.BUCKETS[-1] or ms <= end
    assert end <= max(figures.FIRST_MS, ms * figures.STEP + 1)


def test_buckets_grow() -> None:
    assert all(earlier < later for earlier, later in pairwise(figures.BUCKETS))


@given(st.lists(st.integers(1, 100_000), min_size=1), st.floats(0.01, 1.0))
def test_a_percentile_is_that_of_the_times_to_a_tenth(times: list[int], share: float) -> None:
    counts = [(figures.bucket(ms), 1) for ms in times]
    exactly = next(ms for place, ms in enumerate(sorted(times), 1) if place >= share * len(times))

    assert figures.percentile(counts, share) == figures.bucket(exactly)


def test_without_turns_there_is_no_percentile() -> None:
    assert figures.percentile([], 0.5) is None
