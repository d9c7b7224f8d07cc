"""Turns nobody ends, and faces nobody has prepared: the sweeper sees to them too."""

from collections.abc import Callable
from datetime import timedelta
from types import SimpleNamespace

import pytest
import redis as redis_library
from django.utils import timezone
from pytest_django import Settings

from accounts.models import User
from gpu_tasks import ledger, turn_log
from gpu_tasks.events import Delta, Done, StageDone, TurnRef
from sessions_app import services, sweeper, tasks
from sessions_app.models import Avatar, Session, Turn, Tutor
from sessions_app.protocol import TextMessage
from tests.queues import Queues

pytestmark = pytest.mark.django_db


def items(turn: Turn) -> dict[str, int]:
    """The open work and how often it was begun."""
    return {each.entry.item: each.entry.attempt for each in ledger.open_items(turn.id)}


def kinds(turn: Turn) -> list[str]:
    return [event.type for event in turn_log.read(turn.id)]


# Turns nobody ends


def test_a_turn_whose_end_was_lost_is_ended(
    running: Turn, ref: TurnRef, queues: Queues, later: Callable[[float], None]
) -> None:
    queues.run_next("default")
    for item in ("retrieve", "reply"):
        ledger.drop(running.id, StageDone(item=item, queued_at=0, began_at=0, attempt=1))
    queues.waiting("llm")
    later(6)

    sweeper.sweep()

    assert queues.waiting("default") == ["complete"]


def test_a_turn_in_which_nothing_happens_for_long_times_out(
    running: Turn, later: Callable[[float], None], settings: Settings
) -> None:
    later(settings.TURN_SILENCE_SECONDS + 1)

    sweeper.sweep()

    running.refresh_from_db()
    assert (running.status, running.error_code) == (Turn.Status.FAILED, "timeout")
    assert kinds(running) == ["begun", "failed", "done"]


def test_a_turn_in_which_something_happens_may_last(
    running: Turn, ref: TurnRef, later: Callable[[float], None], settings: Settings
) -> None:
    Turn.objects.filter(id=running.id).update(created_at=timezone.now() - timedelta(minutes=10))
    turn_log.append(ref, Delta(content="still "))

    sweeper.sweep()

    running.refresh_from_db()
    assert running.status == Turn.Status.QUEUED


def test_a_turn_lost_with_redis_data_fails_in_words(running: Turn, redis: "redis_library.Redis") -> None:
    redis.flushdb()
    began = timezone.now() - timedelta(seconds=11)
    Turn.objects.filter(id=running.id).update(created_at=began, status=Turn.Status.THINKING)

    sweeper.sweep()

    running.refresh_from_db()
    assert (running.status, running.error_code) == (Turn.Status.FAILED, "unavailable")
    assert kinds(running) == ["failed", "done"]


def test_a_turn_that_is_just_being_written_is_not_lost(running: Turn, redis: "redis_library.Redis") -> None:
    redis.flushdb()

    sweeper.sweep()

    running.refresh_from_db()
    assert running.status == Turn.Status.QUEUED


def test_an_end_that_was_written_but_not_told_is_told(running: Turn, redis: "redis_library.Redis") -> None:
    Turn.objects.advance(running.id, Turn.Status.INTERRUPTED, degraded=["video"], timings={"total": 5})

    sweeper.sweep()

    (done,) = [event for event in turn_log.read(running.id) if isinstance(event, Done)]
    assert (done.interrupted, done.degraded, done.timings) == (True, ["video"], {"total": 5})
    assert redis.smembers(turn_log.RUNNING) == set()


def test_a_failure_that_was_written_but_not_told_is_told_with_its_reason(running: Turn) -> None:
    Turn.objects.update(status=Turn.Status.FAILED, error_code="unavailable")

    sweeper.sweep()

    assert kinds(running) == ["begun", "failed", "done"]


def test_a_turn_erased_with_its_student_is_forgotten(running: Turn, redis: "redis_library.Redis") -> None:
    running.session.student.delete()

    sweeper.sweep()

    assert redis.smembers(turn_log.RUNNING) == set()


def test_one_turn_that_cannot_be_swept_does_not_keep_the_others_from_it(
    running: Turn,
    bob: User,
    queues: Queues,
    die_at: Callable[[str], None],
    caplog: pytest.LogCaptureFixture,
) -> None:
    for _ in range(3):
        session = Session.objects.create(student=bob, tutor=running.session.tutor)
        other = services.begin_turn(session.id, TextMessage(content="What is dark?"))
        ledger.open_item(other.id, "gone", {"task": "from.an.earlier.version", "args": [], "kwargs": {}})
    die_at("retrieve")

    sweeper.sweep()

    assert items(running)["retrieve"] == 2
    assert "from.an.earlier.version" in caplog.text


# Faces


def test_a_new_face_is_prepared_once(face: Avatar, queues: Queues) -> None:
    sweeper._prepare_faces(of_tutors=False)
    sweeper._prepare_faces(of_tutors=False)

    assert queues.waiting("avatar") == ["prepare_avatar"]


def test_a_prepared_face_is_left_alone_until_its_looks_change(face: Avatar, queues: Queues) -> None:
    tasks.avatar_prepared(face.avatar_id, face.version)
    sweeper._prepare_faces(of_tutors=False)
    before = queues.waiting("avatar")
    Avatar.objects.filter(id=face.id).update(version=2)

    sweeper._prepare_faces(of_tutors=False)

    assert (before, queues.waiting("avatar")) == ([], ["prepare_avatar"])


def test_the_faces_of_tutors_come_before_the_others(face: Avatar, tutor: Tutor, queues: Queues) -> None:
    Avatar.objects.create(avatar_id="avatar_spare", name="Spare", kind=Avatar.Kind.ILLUSTRATED)

    sweeper._prepare_faces(of_tutors=True)
    sweeper._prepare_faces(of_tutors=False)

    taken = queues.take("avatar")
    assert taken is not None
    assert taken["args"][0]["avatar_id"] == face.avatar_id
    assert queues.waiting("avatar") == []


def test_what_was_prepared_of_an_earlier_version_does_not_count(face: Avatar) -> None:
    Avatar.objects.filter(id=face.id).update(version=2)

    tasks.avatar_prepared(face.avatar_id, 1)

    face.refresh_from_db()
    assert not face.prepared


def test_it_runs_where_the_database_is(monkeypatch: pytest.MonkeyPatch) -> None:
    started = []
    thread = SimpleNamespace(start=lambda: started.append("sweeper"))
    monkeypatch.setattr("sessions_app.sweeper.threading.Thread", lambda **_: thread)

    for queue in ("avatar", "default"):
        consumes = SimpleNamespace(consume_from={queue: None})
        sweeper._start(SimpleNamespace(app=SimpleNamespace(amqp=SimpleNamespace(queues=consumes))))

    assert started == ["sweeper"]
