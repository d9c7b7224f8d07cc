"""Interrupted, ended with its session, completed or failed: one of them wins, and what was heard is kept."""

import pytest
import redis as redis_library

from gpu_tasks import turn_log
from gpu_tasks.events import Done, Event, Failed, Fragment, Heard, Replied, SegmentDone, TurnRef, Voiced
from sessions_app import lifecycle, pipeline, services
from sessions_app.models import Session, Turn
from sessions_app.protocol import TextMessage
from sessions_app.tasks import complete
from tests.queues import Queues

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("redis")]

SPOKEN: list[Event] = [
    Voiced(segment=0, duration_ms=1000),
    Fragment(segment=0, index=0, blob="b", content="Light is energy.", last=True),
    SegmentDone(segment=0, content="Light is energy.", duration_ms=1000, video="0.mp4", audio="0.wav"),
    Voiced(segment=1, duration_ms=1000),
    Fragment(segment=1, index=0, blob="b", content="Plants need it.", last=False),
]
REPLIED = Replied(content="Light is energy. Plants need it. So do we.", citations=[])


@pytest.fixture
def running(session: Session) -> Turn:
    return services.begin_turn(session.id, TextMessage(content="What is light?"))


@pytest.fixture
def ref(running: Turn) -> TurnRef:
    return pipeline.turn_ref(running)


def write(ref: TurnRef, *events: Event) -> None:
    for event in events:
        turn_log.append(ref, event)


def ends(turn: Turn) -> list[Done]:
    return [event for event in turn_log.read(turn.id) if isinstance(event, Done)]


def test_where_nothing_runs_nothing_is_interrupted(session: Session) -> None:
    assert services.interrupt(session.id) is None


def test_an_interrupted_turn_ends_at_once(session: Session, running: Turn) -> None:
    assert services.interrupt(session.id) == running.id

    running.refresh_from_db()
    assert running.status == Turn.Status.INTERRUPTED
    assert running.ended_at is not None
    assert [end.interrupted for end in ends(running)] == [True]
    assert services.interrupt(session.id) is None


def test_the_transcript_keeps_what_was_heard_not_what_was_planned(
    session: Session, running: Turn, ref: TurnRef
) -> None:
    write(ref, *SPOKEN, REPLIED)

    services.interrupt(session.id, heard_ms=1400)

    running.refresh_from_db()
    assert running.reply_text == "Light is energy. Plants"
    assert [(segment.index, segment.video) for segment in running.segments.all()] == [(0, "0.mp4")]


@pytest.fixture
def played(running: Turn, ref: TurnRef) -> Turn:
    """All of it is made and told; the student still listens."""
    write(ref, *SPOKEN, REPLIED)
    complete(ref)
    return running


def test_a_reply_that_is_stopped_while_it_is_played_keeps_what_was_heard(session: Session, played: Turn) -> None:
    services.stop(session.id, heard_ms=1400)

    played.refresh_from_db()
    assert (played.status, played.reply_text) == (Turn.Status.INTERRUPTED, "Light is energy. Plants")


def test_a_stop_after_the_last_word_changes_nothing(session: Session, played: Turn) -> None:
    services.stop(session.id, heard_ms=2000)

    played.refresh_from_db()
    assert (played.status, played.reply_text) == (Turn.Status.COMPLETED, REPLIED.content)


def test_the_next_question_alone_does_not_shorten_a_reply(session: Session, played: Turn) -> None:
    services.begin_turn(session.id, TextMessage(content="And water?"))

    played.refresh_from_db()
    assert played.reply_text == REPLIED.content


def test_interrupted_before_a_word_was_heard_it_keeps_none(session: Session, running: Turn, ref: TurnRef) -> None:
    write(ref, Voiced(segment=0, duration_ms=1000))

    services.interrupt(session.id)

    running.refresh_from_db()
    assert running.reply_text == ""


def test_who_stops_a_turn_that_is_just_failing_has_stopped_it(session: Session, running: Turn, ref: TurnRef) -> None:
    turn_log.append(ref, Failed(code="unavailable", retryable=True), once="failed")

    services.interrupt(session.id)

    running.refresh_from_db()
    assert (running.status, running.error_code) == (Turn.Status.INTERRUPTED, "")


def test_what_is_made_after_the_interruption_is_dropped(session: Session, running: Turn, ref: TurnRef) -> None:
    services.interrupt(session.id)

    with pytest.raises(turn_log.TurnClosed):
        write(ref, *SPOKEN)


def test_work_that_still_lies_in_the_queue_is_not_done_any_more(
    session: Session, running: Turn, queues: Queues
) -> None:
    services.interrupt(session.id)

    queues.run_all("default", "llm")

    assert [event.type for event in turn_log.read(running.id)] == ["begun", "done"]


def test_a_turn_that_is_through_is_completed(running: Turn, ref: TurnRef) -> None:
    write(
        ref,
        *SPOKEN,
        SegmentDone(segment=1, content="Plants need it.", duration_ms=1000, video="1.mp4", audio="1.wav"),
        REPLIED,
    )

    complete(ref)

    running.refresh_from_db()
    assert (running.status, running.reply_text) == (Turn.Status.COMPLETED, REPLIED.content)
    assert [segment.text for segment in running.segments.all()] == ["Light is energy.", "Plants need it."]
    assert set(running.timings) == {"first_audio", "first_frame", "total"}
    (end,) = ends(running)
    assert (end.interrupted, end.degraded, end.timings) == (False, [], running.timings)


def test_a_turn_whose_log_redis_has_lost_is_not_completed_without_it(
    running: Turn, ref: TurnRef, redis: "redis_library.Redis"
) -> None:
    write(ref, *SPOKEN, REPLIED)
    redis.flushdb()

    complete(ref)

    running.refresh_from_db()
    assert running.status in Turn.RUNNING
    assert running.segments.count() == 0


def test_completed_twice_it_ends_once(running: Turn, ref: TurnRef) -> None:
    write(ref, *SPOKEN, REPLIED)

    complete(ref)
    complete(ref)

    assert len(ends(running)) == 1
    assert running.segments.count() == 1


def test_what_was_completed_first_cannot_be_interrupted_any_more(session: Session, running: Turn, ref: TurnRef) -> None:
    write(ref, REPLIED)
    complete(ref)

    assert services.interrupt(session.id) is None
    running.refresh_from_db()
    assert running.status == Turn.Status.COMPLETED


def test_what_was_interrupted_first_cannot_be_completed_any_more(session: Session, running: Turn, ref: TurnRef) -> None:
    services.interrupt(session.id)

    complete(ref)

    running.refresh_from_db()
    assert running.status == Turn.Status.INTERRUPTED
    assert [end.interrupted for end in ends(running)] == [True]


def test_a_turn_that_failed_says_why_in_the_transcript(running: Turn, ref: TurnRef) -> None:
    write(ref, Failed(code="nothing_heard", retryable=False))

    complete(ref)

    running.refresh_from_db()
    assert (running.status, running.error_code) == (Turn.Status.FAILED, "nothing_heard")


def test_what_was_heard_of_a_recording_is_the_question(running: Turn, ref: TurnRef) -> None:
    write(ref, Heard(content="What is dark?"), REPLIED)

    complete(ref)

    running.refresh_from_db()
    assert running.user_text == "What is dark?"


def test_an_ended_session_stops_its_turn_and_keeps_its_transcript(session: Session, running: Turn) -> None:
    lifecycle.end_session(session)

    session.refresh_from_db()
    running.refresh_from_db()
    assert (session.status, running.status) == (Session.Status.ENDED, Turn.Status.INTERRUPTED)
    assert turn_log.is_closed(running.id)


def test_a_session_ends_once(session: Session) -> None:
    lifecycle.end_session(session)
    session.refresh_from_db()
    first = session.last_activity

    lifecycle.end_session(session)

    session.refresh_from_db()
    assert session.last_activity == first


def test_a_turn_nobody_works_on_is_failed_in_words(running: Turn, ref: TurnRef) -> None:
    services.fail(running, "timeout")

    running.refresh_from_db()
    assert (running.status, running.error_code) == (Turn.Status.FAILED, "timeout")
    kinds = [event.type for event in turn_log.read(running.id)]
    assert kinds == ["begun", "failed", "done"]


def test_failing_what_has_ended_changes_nothing(session: Session, running: Turn) -> None:
    services.interrupt(session.id)
    before = turn_log.read(running.id)

    services.fail(running, "timeout")

    running.refresh_from_db()
    assert running.status == Turn.Status.INTERRUPTED
    assert turn_log.read(running.id) == before
