"""So many turns run as may; the others wait in a fair line, are told where they stand, and none is forgotten."""

import json
import threading
import time
from collections.abc import Callable
from datetime import timedelta

import pytest
import redis as redis_library
from django.db import connection
from django.utils import timezone
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from pytest_django import Settings

from accounts.models import User
from gpu_tasks import turn_log
from gpu_tasks.events import Begun, Done, Status
from sessions_app import admission, services, sweeper
from sessions_app.errors import Refused
from sessions_app.models import Session, Turn, Tutor
from sessions_app.protocol import AudioMessage, Mode, TextMessage
from sessions_app.tasks import complete
from tests.queues import Queues

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("redis")]
DONE = Done(interrupted=False, degraded=[], timings={"total": 1}, stages={})


@pytest.fixture(autouse=True)
def two_at_once(settings: Settings) -> None:
    settings.TURNS_AT_ONCE = 2
    settings.SESSIONS_AT_ONCE = 0


@pytest.fixture
def ask(tutor: Tutor) -> Callable[..., Turn]:
    """A turn in a new session of somebody."""

    def begin(student: User, mode: Mode = "video") -> Turn:
        session = Session.objects.create(student=student, tutor=tutor)
        turn = services.begin_turn(session.id, TextMessage(content="What is light?", mode=mode))
        turn.refresh_from_db()
        return turn

    return begin


def runs(turn: Turn) -> bool:
    return bool(admission.redis_client().sismember(turn_log.RUNNING, turn.id))


def place_of(turn: Turn) -> int | None:
    """What its student was told last."""
    told = [event.position for event in turn_log.read(turn.id) if isinstance(event, Begun | Status)]
    return told[-1]


# The line


def test_more_turns_than_may_run_wait_with_their_place_and_an_estimate(
    ask: Callable[..., Turn], alice: User, bob: User, charlie: User, dora: User, queues: Queues
) -> None:
    turns = [ask(student) for student in (alice, bob, charlie, dora)]

    assert [runs(turn) for turn in turns] == [True, True, False, False]
    assert [turn.status for turn in turns] == ["queued"] * 4
    assert [place_of(turn) for turn in turns] == [0, 0, 0, 1]
    waits = [event.wait_ms for event in turn_log.read(turns[3].id) if isinstance(event, Status)]
    assert waits == [2 * admission.USUAL_MS // 2]
    assert queues.waiting("default") == ["retrieve", "retrieve"]


def test_when_a_turn_ends_the_next_begins_and_the_others_move_up(
    ask: Callable[..., Turn], alice: User, bob: User, charlie: User, dora: User, queues: Queues
) -> None:
    first, _, third, fourth = (ask(student) for student in (alice, bob, charlie, dora))
    queues.waiting("default")

    services.interrupt(first.session_id)

    assert (runs(third), runs(fourth), place_of(fourth)) == (True, False, 0)
    assert queues.run_next("default") == "start_waiting"
    assert queues.waiting("default") == ["retrieve"]


def test_who_stands_far_back_is_told_by_the_sweeper(
    ask: Callable[..., Turn], alice: User, bob: User, charlie: User, dora: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(admission, "NEAR", 1)
    first, _, near, far = (ask(student) for student in (alice, bob, charlie, dora))
    farther = ask(alice)
    when_they_came = [place_of(turn) for turn in (near, far, farther)]

    services.interrupt(first.session_id)
    when_one_was_let_in = [place_of(turn) for turn in (near, far, farther)]
    sweeper.sweep()

    assert when_they_came == [0, 1, 2]
    assert when_one_was_let_in == [0, 0, 2]
    assert [place_of(turn) for turn in (near, far, farther)] == [0, 0, 1]


def test_a_turn_that_has_ended_is_told_nothing_more(ask: Callable[..., Turn], alice: User, bob: User) -> None:
    ask(alice), ask(bob)
    turn_log.begin({"turn_id": "ended", "session_id": "s"}, Status(stage="queued"), once="begun")
    turn_log.close("s", "ended", DONE)

    admission.move({"turn_id": "ended", "session_id": "s", "student_id": alice.id, "received_at": 1})

    assert isinstance(turn_log.read("ended")[-1], Done)


def test_a_turn_that_completes_makes_room_too(ask: Callable[..., Turn], alice: User, bob: User, charlie: User) -> None:
    from sessions_app import pipeline

    first, _, third = (ask(student) for student in (alice, bob, charlie))

    complete(pipeline.turn_ref(Turn.objects.select_related("session__tutor").get(id=first.id)))

    assert runs(third)


def test_everybodys_first_turn_comes_before_anybodys_second(
    ask: Callable[..., Turn], alice: User, bob: User, charlie: User
) -> None:
    alices = [ask(alice) for _ in range(4)]
    bobs, charlies = ask(bob), ask(charlie)

    assert [runs(turn) for turn in alices] == [True, True, False, False]
    assert [place_of(turn) for turn in (bobs, charlies, alices[2], alices[3])] == [0, 1, 2, 3]


def test_a_waiting_turn_that_is_interrupted_leaves_the_line_at_once(
    ask: Callable[..., Turn], alice: User, bob: User, charlie: User, dora: User
) -> None:
    _, _, third, fourth = (ask(student) for student in (alice, bob, charlie, dora))

    services.interrupt(third.session_id)

    assert admission.waiting() == [fourth.id]
    assert place_of(fourth) == 0
    third.refresh_from_db()
    assert (third.status, turn_log.is_closed(third.id)) == (Turn.Status.INTERRUPTED, True)


def test_a_spoken_turn_waits_as_queued_and_is_heard_when_it_is_let_in(
    ask: Callable[..., Turn], alice: User, bob: User, charlie: User, tutor: Tutor, queues: Queues
) -> None:
    first, _ = ask(alice), ask(bob)
    queues.waiting("default")
    session = Session.objects.create(student=charlie, tutor=tutor)
    turn = services.begin_turn(session.id, AudioMessage(data="UklGRgAA"))
    turn.refresh_from_db()
    waits = turn.status

    services.interrupt(first.session_id)
    queues.run_next("default")

    turn.refresh_from_db()
    assert (waits, turn.status) == (Turn.Status.QUEUED, Turn.Status.TRANSCRIBING)
    assert queues.waiting("asr") == ["transcribe"]


def test_the_estimate_follows_what_turns_take(
    ask: Callable[..., Turn], alice: User, redis: "redis_library.Redis"
) -> None:
    turn = ask(alice)
    line = json.loads(redis.hget("turns:line", turn.id) or "")
    redis.hset("turns:line", turn.id, json.dumps({**line, "since": line["since"] - 60_000}))

    services.interrupt(turn.session_id)

    average = float(redis.get("turns:average") or 0)
    assert average == pytest.approx(0.8 * admission.USUAL_MS + 0.2 * 60_000, rel=0.1)


@pytest.mark.parametrize(("workers", "slots"), [([4], 4), ([1, 2], 3)])
def test_without_a_setting_as_many_run_as_the_language_models_workers_take(
    settings: Settings,
    redis: "redis_library.Redis",
    ask: Callable[..., Turn],
    alice: User,
    workers: list[int],
    slots: int,
) -> None:
    settings.TURNS_AT_ONCE = 0
    for number, concurrency in enumerate(workers):
        redis.zadd("workers:llm", {json.dumps({"pid": number, "concurrency": concurrency}): time.time() + 60})

    running = [runs(ask(alice)) for _ in range(5)]

    assert running == [True] * slots + [False] * (5 - slots)


def test_a_restart_of_the_workers_opens_no_floodgate(
    settings: Settings, redis: "redis_library.Redis", ask: Callable[..., Turn], alice: User
) -> None:
    settings.TURNS_AT_ONCE = 0
    redis.zadd("workers:llm", {json.dumps({"concurrency": 1}): time.time() + 60})
    ask(alice)
    redis.delete("workers:llm")

    assert not runs(ask(alice))


def test_where_there_never_was_a_worker_nobody_waits(settings: Settings, ask: Callable[..., Turn], alice: User) -> None:
    settings.TURNS_AT_ONCE = 0

    assert all(runs(ask(alice)) for _ in range(5))


STEPS = st.lists(
    st.one_of(st.tuples(st.just("enter"), st.integers(0, 3)), st.tuples(st.just("end"), st.integers(0, 9)))
)


@given(STEPS, st.integers(1, 3))
@hypothesis_settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=40, deadline=None)
def test_whatever_comes_and_goes_the_slots_are_full_and_nobody_is_lost(
    redis: "redis_library.Redis", settings: Settings, steps: list[tuple[str, int]], slots: int
) -> None:
    redis.flushdb()
    settings.TURNS_AT_ONCE = slots
    students: dict[str, int] = {}
    inside: set[str] = set()
    for number, (step, which) in enumerate(steps):
        if step == "enter":
            turn_id = f"t{number}"
            students[turn_id] = which
            let_in = admission.move(
                {"turn_id": turn_id, "session_id": f"s{number}", "student_id": which, "received_at": number}
            )
        else:
            if not students:
                continue
            turn_id = sorted(students)[which % len(students)]
            turn_log.close(f"s{turn_id[1:]}", turn_id, DONE)
            students.pop(turn_id)
            inside.discard(turn_id)
            let_in = admission.move()
        assert not inside & set(let_in)
        inside |= set(let_in)
        waiting = set(admission.waiting())
        assert inside | waiting == set(students)
        assert not inside & waiting
        assert len(inside) == min(slots, len(students))
        assert not admission.move(everybody=True)
        told = [redis.hget("turns:told", turn_id) for turn_id in waiting]
        assert sorted(int(place or -1) for place in told) == list(range(len(waiting)))


@pytest.mark.django_db(transaction=True)
def test_when_many_come_at_once_no_more_run_than_may(tutor: Tutor) -> None:
    sessions = [
        Session.objects.create(student=User.objects.create_user(f"s{n}@example.org", "x"), tutor=tutor)
        for n in range(6)
    ]
    together = threading.Barrier(len(sessions))

    def speak(session: Session) -> None:
        together.wait()
        try:
            services.begin_turn(session.id, TextMessage(content="What is light?"))
        finally:
            connection.close()

    threads = [threading.Thread(target=speak, args=(session,)) for session in sessions]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    turns = list(Turn.objects.all())
    assert sum(runs(turn) for turn in turns) == 2
    assert {turn.id for turn in turns if not runs(turn)} == set(admission.waiting())
    assert sorted(str(place_of(turn)) for turn in turns if not runs(turn)) == ["0", "1", "2", "3"]


# Nothing is lost


def test_a_line_that_redis_has_lost_is_formed_again_from_the_rows(
    ask: Callable[..., Turn], alice: User, bob: User, charlie: User, redis: "redis_library.Redis", queues: Queues
) -> None:
    turns = [ask(student) for student in (alice, bob, charlie)]
    redis.flushdb()
    for number, turn in enumerate(turns):
        Turn.objects.filter(id=turn.id).update(created_at=timezone.now() - timedelta(seconds=30 - number))

    sweeper.sweep()

    assert [runs(turn) for turn in turns] == [True, True, False]
    assert queues.waiting("default") == ["retrieve", "retrieve"]
    assert not any(turn_log.is_closed(turn.id) for turn in turns)


def test_a_turn_that_was_let_in_but_not_started_is_started(
    ask: Callable[..., Turn],
    alice: User,
    bob: User,
    charlie: User,
    queues: Queues,
    later: Callable[[float], None],
    all_alive: None,
) -> None:
    first, second, third = (ask(student) for student in (alice, bob, charlie))
    for turn in (first, second):
        services.interrupt(turn.session_id)
    queues.waiting("default")  # with the message that was to start the third
    later(6)

    sweeper.sweep()

    assert queues.waiting("default") == ["retrieve"]
    third.refresh_from_db()
    assert third.status == Turn.Status.QUEUED


def test_a_turn_erased_with_its_student_leaves_the_line(
    ask: Callable[..., Turn], alice: User, bob: User, charlie: User
) -> None:
    for student in (alice, bob, charlie):
        ask(student)
    charlie.delete()

    sweeper.sweep()

    assert admission.waiting() == []


def test_nobody_waits_for_ever(
    ask: Callable[..., Turn], alice: User, bob: User, charlie: User, later: Callable[[float], None]
) -> None:
    turns = [ask(student) for student in (alice, bob, charlie)]
    for turn in turns[:2]:
        turn_log.append({"turn_id": turn.id, "session_id": turn.session_id}, Status(at=2**50, stage="thinking"))
    later(121)

    sweeper.sweep()

    turns[2].refresh_from_db()
    assert (turns[2].status, turns[2].error_code) == (Turn.Status.FAILED, "too_busy")


# Too busy


@pytest.mark.parametrize(
    ("waiting", "asked", "given"),
    [
        (1, "video", "video"),
        (2, "video", "voice"),
        (2, "text", "text"),
        (4, "video", "text"),
        (4, "voice", "text"),
    ],
)
def test_the_longer_the_line_the_less_a_reply_comes_with(
    ask: Callable[..., Turn], alice: User, bob: User, waiting: int, asked: Mode, given: Mode
) -> None:
    """Two at once, ten seconds each: each turn in the line is five seconds."""
    for _ in range(2 + waiting):
        ask(alice, "text")
        admission.redis_client().delete(f"student:{alice.id}:turns")

    turn = ask(bob, asked)

    begun = turn_log.read(turn.id)[0]
    assert isinstance(begun, Begun)
    assert (turn.mode, begun.mode, begun.asked) == (given, given, asked)
    assert (begun.reason, turn.degraded_reason) == (("busy", "busy") if given != asked else (None, ""))


def test_a_line_that_is_too_long_takes_nobody(
    ask: Callable[..., Turn], alice: User, bob: User, settings: Settings
) -> None:
    settings.QUEUE_SECONDS = 4
    for _ in range(2):
        ask(alice)

    with pytest.raises(Refused) as refused:
        ask(bob)

    assert (refused.value.code, refused.value.retryable) == ("too_busy", True)
    assert not Turn.objects.filter(session__student=bob).exists()
    assert admission.waiting() == []
