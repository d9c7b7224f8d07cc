"""Workers that died, messages that were lost, turns nobody ends: the sweeper sees to all of them."""

from collections.abc import Callable
from datetime import timedelta
from types import SimpleNamespace

import pytest
import redis as redis_library
from django.utils import timezone
from pytest_django import Settings

from accounts.models import User
from gpu_tasks import ledger, turn_log, worker
from gpu_tasks.events import Delta, Done, Failed, SegmentDone, TurnRef, now_ms
from gpu_tasks.stage import begin
from gpu_tasks.tasks import animate, speak
from sessions_app import pipeline, services, sweeper, tasks
from sessions_app.models import Avatar, Session, Turn
from sessions_app.protocol import TextMessage
from tests.queues import Queues

pytestmark = pytest.mark.django_db

SPOKEN = {"audio": "0.wav", "duration_ms": 900, "visemes": None}


@pytest.fixture
def running(session: Session, queues: Queues) -> Turn:
    """A turn whose first message waits in its queue."""
    return services.begin_turn(session.id, TextMessage(content="What is light?"))


@pytest.fixture
def ref(running: Turn) -> TurnRef:
    return pipeline.turn_ref(running)


@pytest.fixture
def later(monkeypatch: pytest.MonkeyPatch) -> Callable[[float], None]:
    def pass_by(seconds: float) -> None:
        monkeypatch.setattr(sweeper, "now_ms", lambda: now_ms() + round(seconds * 1000))

    return pass_by


@pytest.fixture
def all_alive(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(worker, "alive", lambda name: 1)


@pytest.fixture
def die_at(
    redis: "redis_library.Redis", running: Turn, eventually: Callable[[Callable[[], bool]], None]
) -> Callable[[str], None]:
    """A worker claims a piece of work and is never heard of again."""

    def die(item: str) -> None:
        lease = ledger.claim(running.id, item)
        assert lease is not None
        ledger.release(lease)
        redis.pexpire(lease.key, 20)
        eventually(lambda: not redis.exists(lease.key))

    return die


def items(turn: Turn) -> dict[str, int]:
    """The open work and how often it was begun."""
    return {each.entry.item: each.entry.attempt for each in ledger.open_items(turn.id)}


def kinds(turn: Turn) -> list[str]:
    return [event.type for event in turn_log.read(turn.id)]


# Work of a worker that died


def test_work_whose_worker_died_is_sent_again(running: Turn, queues: Queues, die_at: Callable[[str], None]) -> None:
    queues.take("default")
    die_at("retrieve")

    sweeper.sweep()

    assert items(running) == {"retrieve": 2}
    message = queues.take("default")
    assert message is not None
    assert (message["task"], message["args"]) == ("sessions_app.tasks.retrieve", ["What is light?"])


def test_the_second_worker_takes_up_where_the_first_died(
    running: Turn, queues: Queues, die_at: Callable[[str], None]
) -> None:
    queues.take("default")
    die_at("retrieve")
    sweeper.sweep()

    queues.run_next("default")

    assert items(running) == {"reply": 1}
    assert queues.waiting("llm") == ["reply"]


def test_work_that_kills_two_workers_is_given_up_in_words(
    running: Turn, queues: Queues, die_at: Callable[[str], None]
) -> None:
    for _ in range(2):
        queues.take("default")
        die_at("retrieve")
        sweeper.sweep()

    assert items(running) == {}
    (failed,) = [event for event in turn_log.read(running.id) if isinstance(event, Failed)]
    assert (failed.code, failed.retryable) == ("unavailable", True)
    assert queues.waiting("default") == ["complete"]


def test_a_picture_that_cannot_be_made_is_given_up_into_sound(
    running: Turn, ref: TurnRef, queues: Queues, die_at: Callable[[str], None]
) -> None:
    begin(animate.s(SPOKEN, turn=ref, segment=0, text="Light is."))
    queues.waiting("avatar")
    for _ in range(2):
        die_at("animate:0")
        sweeper.sweep()

    (done,) = [event for event in turn_log.read(running.id) if isinstance(event, SegmentDone)]
    assert (done.segment, done.content, done.audio, done.video) == (0, "Light is.", "0.wav", "")


def test_a_sound_that_cannot_be_made_is_given_up_into_writing(
    running: Turn, ref: TurnRef, queues: Queues, die_at: Callable[[str], None]
) -> None:
    begin(speak.s(turn=ref, segment=0, text="Light is.") | animate.s(turn=ref, segment=0, text="Light is."))
    queues.waiting("tts")
    for _ in range(2):
        die_at("speak:0")
        sweeper.sweep()

    assert "animate:0" not in items(running)
    (done,) = [event for event in turn_log.read(running.id) if isinstance(event, SegmentDone)]
    assert (done.content, done.audio, done.video) == ("Light is.", "", "")


def test_work_that_a_living_worker_is_at_is_left_alone(
    running: Turn, queues: Queues, later: Callable[[float], None]
) -> None:
    queues.take("default")
    lease = ledger.claim(running.id, "retrieve")
    assert lease is not None
    later(30)

    sweeper.sweep()

    assert items(running) == {"retrieve": 1}
    assert queues.waiting("default") == []
    ledger.release(lease)


def test_work_that_is_finished_just_now_is_not_done_again(
    running: Turn, queues: Queues, die_at: Callable[[str], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    queues.take("default")
    die_at("retrieve")
    seen = ledger.open_items(running.id)
    ledger.drop(running.id, "retrieve")
    monkeypatch.setattr(ledger, "open_items", lambda turn_id: seen)

    sweeper.sweep()

    monkeypatch.undo()
    assert items(running) == {}
    assert queues.waiting("default") == []


# Messages that were lost


@pytest.mark.usefixtures("all_alive")
def test_a_lost_message_is_sent_again(running: Turn, queues: Queues, later: Callable[[float], None]) -> None:
    queues.take("default")
    later(6)

    sweeper.sweep()

    assert items(running) == {"retrieve": 2}
    assert queues.waiting("default") == ["retrieve"]


@pytest.mark.usefixtures("all_alive")
def test_a_message_that_is_just_on_its_way_is_not_lost(running: Turn, queues: Queues) -> None:
    queues.take("default")

    sweeper.sweep()

    assert items(running) == {"retrieve": 1}
    assert queues.waiting("default") == []


@pytest.mark.usefixtures("all_alive")
@pytest.mark.parametrize("priority", [0, 3, 6, 9])
def test_a_message_that_waits_in_a_long_queue_is_not_lost(
    running: Turn, ref: TurnRef, queues: Queues, later: Callable[[float], None], priority: int
) -> None:
    begin(animate.s(SPOKEN, turn=ref, segment=0, text="Light is."), priority=priority)
    later(30)

    sweeper.sweep()

    assert items(running) == {"retrieve": 1, "animate:0": 1}
    assert queues.waiting("avatar") == ["animate"]


# Stages without a worker


def test_without_a_worker_the_turn_goes_on_without_that_stage(
    running: Turn, ref: TurnRef, queues: Queues, later: Callable[[float], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(worker, "alive", lambda name: int(name != "avatar"))
    begin(animate.s(SPOKEN, turn=ref, segment=0, text="Light is."))
    later(9)

    sweeper.sweep()

    assert items(running) == {"retrieve": 1}
    (done,) = [event for event in turn_log.read(running.id) if isinstance(event, SegmentDone)]
    assert (done.audio, done.video) == ("0.wav", "")


def test_a_worker_has_some_seconds_to_come_back(
    running: Turn, ref: TurnRef, queues: Queues, later: Callable[[float], None]
) -> None:
    begin(animate.s(SPOKEN, turn=ref, segment=0, text="Light is."))
    later(4)

    sweeper.sweep()

    assert items(running) == {"retrieve": 1, "animate:0": 1}


def test_a_worker_that_comes_back_too_late_finds_the_work_given_up(
    running: Turn, ref: TurnRef, queues: Queues, later: Callable[[float], None]
) -> None:
    begin(animate.s(SPOKEN, turn=ref, segment=0, text="Light is."))
    later(9)
    sweeper.sweep()
    before = kinds(running)

    queues.run_all("avatar")

    assert kinds(running) == before


# Turns nobody ends


def test_a_turn_whose_end_was_lost_is_ended(
    running: Turn, ref: TurnRef, queues: Queues, later: Callable[[float], None]
) -> None:
    queues.take("default")
    ledger.drop(running.id, "retrieve")
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
    assert kinds(running) == ["status", "failed", "done"]


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
    Turn.objects.filter(id=running.id).update(created_at=timezone.now() - timedelta(seconds=11))

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
    sweeper._prepare_faces()
    sweeper._prepare_faces()

    assert queues.waiting("avatar") == ["prepare_avatar"]


def test_a_prepared_face_is_left_alone_until_its_looks_change(face: Avatar, queues: Queues) -> None:
    tasks.avatar_prepared(face.avatar_id, face.version)
    sweeper._prepare_faces()
    before = queues.waiting("avatar")
    Avatar.objects.filter(id=face.id).update(version=2)

    sweeper._prepare_faces()

    assert (before, queues.waiting("avatar")) == ([], ["prepare_avatar"])


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
