"""What a student may have is given at the door: first without the face, then without the voice, then not at all."""

import threading
from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone
from pytest_django import Settings

from accounts.models import SchoolClass, User
from gpu_tasks import turn_log
from gpu_tasks.events import Begun, Delta, Voiced
from sessions_app import lifecycle, pipeline, quotas, services, snapshot
from sessions_app.errors import Refused
from sessions_app.models import Session, Turn, Tutor, Usage
from sessions_app.outcome import outcome
from sessions_app.protocol import Mode, TextMessage

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("redis")]


@pytest.fixture(autouse=True)
def ten_minutes(settings: Settings) -> None:
    settings.MINUTES_A_DAY = 10


def ask(session: Session, mode: Mode = "video") -> Turn:
    return services.begin_turn(session.id, TextMessage(content="What is light?", mode=mode))


def used(student: User, minutes: float, days_ago: int = 0) -> None:
    day = timezone.localdate() - timedelta(days=days_ago)
    Usage.objects.create(student=student, day=day, spoken_ms=round(minutes * 60_000))


# Minutes a day


@pytest.mark.parametrize(
    ("minutes", "asked", "given"),
    [
        (0, "video", "video"),
        (7.9, "video", "video"),
        (8.1, "video", "voice"),
        (8.1, "voice", "voice"),
        (8.1, "text", "text"),
        (9.1, "video", "text"),
        (9.99, "voice", "text"),
    ],
)
def test_with_little_time_left_a_reply_comes_with_less(
    session: Session, alice: User, minutes: float, asked: Mode, given: Mode
) -> None:
    used(alice, minutes)

    turn = ask(session, asked)

    begun = turn_log.read(turn.id)[0]
    assert isinstance(begun, Begun)
    assert (turn.mode, begun.reason) == (given, "quota" if given != asked else None)


@pytest.mark.parametrize("mode", ["video", "voice", "text"])
def test_with_no_time_left_a_student_is_told_so(session: Session, alice: User, mode: Mode) -> None:
    used(alice, 10)

    with pytest.raises(Refused) as refused:
        ask(session, mode)

    assert (refused.value.code, refused.value.retryable) == ("quota_used_up", False)
    assert "tomorrow" in str(refused.value)
    assert not Turn.objects.exists()


def test_every_day_begins_anew(session: Session, alice: User) -> None:
    used(alice, 10, days_ago=1)

    assert ask(session).mode == "video"


def test_an_account_may_have_limits_of_its_own(session: Session, alice: User) -> None:
    used(alice, 11)
    User.objects.filter(id=alice.id).update(minutes_a_day=60)

    assert ask(session).mode == "video"


@pytest.mark.parametrize("where", ["settings", "account"])
def test_nought_is_no_limit(session: Session, alice: User, settings: Settings, where: str) -> None:
    used(alice, 10_000)
    if where == "settings":
        settings.MINUTES_A_DAY = 0
    else:
        User.objects.filter(id=alice.id).update(minutes_a_day=0)

    assert ask(session).mode == "video"


def spoken(student: User) -> int:
    return sum(Usage.objects.filter(student=student).values_list("spoken_ms", flat=True))


def test_a_turn_uses_as_long_as_it_is_spoken(session: Session, alice: User) -> None:
    for mode, event in (("video", Voiced(segment=0, duration_ms=4_000)), ("text", Delta(content="ab光"))):
        turn = ask(session, mode)  # type: ignore[arg-type]
        turn_log.append(pipeline.turn_ref(turn), event)
        services.interrupt(session.id)

    assert spoken(alice) == 4_000 + 2 * 60 + 200


def test_erasing_a_session_gives_no_time_back(session: Session, alice: User) -> None:
    turn_log.append(pipeline.turn_ref(ask(session)), Voiced(segment=0, duration_ms=4_000))

    lifecycle.erase_session(session)

    assert spoken(alice) == 4_000


def test_what_was_never_said_costs_nothing() -> None:
    assert outcome([], 0).spoken_ms == 0


def test_several_sessions_cannot_use_together_what_is_left_for_one(
    alice: User, tutor: Tutor, settings: Settings
) -> None:
    settings.SESSIONS_AT_ONCE = 0
    reserve = settings.REPLY_MAX_TOKENS * quotas.TOKEN_MS
    used(alice, 10 - 1.5 * reserve / 60_000)
    sessions = [Session.objects.create(student=alice, tutor=tutor) for _ in range(4)]
    refused = []
    for session in sessions:
        try:
            ask(session)
        except Refused as error:
            refused.append(error.code)

    assert refused == ["quota_used_up"] * 2


# Sessions at once


def test_a_student_talks_in_so_many_sessions_at_once(alice: User, bob: User, tutor: Tutor, settings: Settings) -> None:
    settings.SESSIONS_AT_ONCE, settings.MINUTES_A_DAY = 2, 0
    sessions = [Session.objects.create(student=alice, tutor=tutor) for _ in range(3)]
    for session in sessions[:2]:
        ask(session)

    with pytest.raises(Refused) as refused:
        ask(sessions[2])

    assert (refused.value.code, refused.value.retryable) == ("too_many_sessions", True)
    ask(sessions[0])  # where he talks already he may go on
    ask(Session.objects.create(student=bob, tutor=tutor))
    services.interrupt(sessions[1].id)
    ask(sessions[2])


@pytest.mark.django_db(transaction=True)
def test_when_all_his_sessions_speak_at_once_no_more_run_than_may(
    alice: User, tutor: Tutor, settings: Settings
) -> None:
    settings.SESSIONS_AT_ONCE, settings.MINUTES_A_DAY = 2, 0
    sessions = [Session.objects.create(student=alice, tutor=tutor) for _ in range(5)]
    together = threading.Barrier(len(sessions))
    codes: list[str] = []

    def speak(session: Session) -> None:
        together.wait()
        try:
            ask(session)
        except Refused as refused:
            codes.append(refused.code)
        finally:
            connection.close()

    threads = [threading.Thread(target=speak, args=(session,)) for session in sessions]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert Turn.objects.running().count() == 2
    assert codes == ["too_many_sessions"] * 3


# Turns a minute


def test_so_many_turns_at_once_on_all_sockets_together(
    alice: User, bob: User, tutor: Tutor, settings: Settings
) -> None:
    settings.TURNS_BURST, settings.SESSIONS_AT_ONCE, settings.TURNS_PER_MINUTE = 3, 0, 1
    one, two = (Session.objects.create(student=alice, tutor=tutor) for _ in range(2))
    for session in (one, two, one):
        ask(session)

    for session in (one, two):
        with pytest.raises(Refused) as refused:
            ask(session)
        assert (refused.value.code, refused.value.retryable) == ("too_many_messages", True)
    ask(Session.objects.create(student=bob, tutor=tutor))


def test_then_so_many_a_minute(session: Session, settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    settings.TURNS_BURST, settings.TURNS_PER_MINUTE = 1, 30
    now = 1_700_000_000_000
    monkeypatch.setattr("sessions_app.admission.now_ms", lambda: now)
    ask(session)
    with pytest.raises(Refused):
        ask(session)

    now += 2_000
    ask(session)

    with pytest.raises(Refused):
        ask(session)


def test_an_account_may_ask_more_often(alice: User, session: Session, settings: Settings) -> None:
    User.objects.filter(id=alice.id).update(turns_a_minute=600)
    alice.refresh_from_db()

    assert quotas.turns_a_minute(alice) == 600


# What he is told


@pytest.mark.parametrize(
    ("minutes", "left", "mode", "reason"),
    [
        (0, 10, "video", None),
        (0.5, 10, "video", None),
        (8.5, 2, "voice", "quota"),
        (9.5, 1, "text", "quota"),
        (10, 0, "text", "quota"),
        (11, 0, "text", "quota"),
    ],
)
def test_a_student_is_told_what_is_left(alice: User, minutes: float, left: int, mode: str, reason: str | None) -> None:
    used(alice, minutes)

    limits = snapshot.limits(alice.id)

    assert (limits.minutes_left, limits.mode, limits.reason) == (left, mode, reason)
    assert bool(limits.message) == bool(reason)


def test_without_a_limit_there_is_nothing_to_count(alice: User, settings: Settings) -> None:
    settings.MINUTES_A_DAY = 0

    assert snapshot.limits(alice.id).minutes_left is None


def test_when_everybody_talks_a_student_is_told_why_replies_come_with_less(
    alice: User, bob: User, tutor: Tutor, settings: Settings
) -> None:
    settings.TURNS_AT_ONCE, settings.SESSIONS_AT_ONCE = 1, 0
    ask(Session.objects.create(student=bob, tutor=tutor))
    ask(Session.objects.create(student=bob, tutor=tutor))

    limits = snapshot.limits(alice.id)

    assert (limits.mode, limits.reason) == ("voice", "busy")
    assert limits.message is not None
    assert limits.message.startswith("Many students")


# What his classes give


def in_classes(student: User, **limits: list[int | None]) -> None:
    for name, numbers in limits.items():
        for number in numbers:
            school_class = SchoolClass.objects.create(name=f"{name} {number}", **{name: number})
            school_class.students.add(student)


@pytest.mark.parametrize(
    ("own", "classes", "left"),
    [
        (None, [], 10),
        (None, [None], 10),
        (None, [5], 5),
        (None, [5, 20], 20),
        (None, [5, None, 7], 7),
        (None, [5, 0], None),
        (3, [20], 3),
        (0, [5], None),
    ],
)
def test_a_students_own_limit_goes_before_his_classes_and_theirs_before_the_schools(
    alice: User, own: int | None, classes: list[int | None], left: int | None
) -> None:
    User.objects.filter(id=alice.id).update(minutes_a_day=own)
    in_classes(alice, minutes_a_day=classes)
    alice.refresh_from_db()

    assert quotas.minutes_left(alice) == left


def test_a_class_limits_questions_and_sessions_too(alice: User, session: Session, tutor: Tutor) -> None:
    in_classes(alice, turns_a_minute=[7], sessions_at_once=[1])
    assert quotas.turns_a_minute(alice) == 7
    ask(session)

    with pytest.raises(Refused) as refused:
        ask(Session.objects.create(student=alice, tutor=tutor))

    assert refused.value.code == "too_many_sessions"
