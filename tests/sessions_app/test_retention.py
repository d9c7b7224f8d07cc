"""What has been kept long enough is really deleted, and nothing else."""

from datetime import timedelta

import pytest
from django.contrib.sessions.models import Session as Login
from django.core.files.storage import default_storage
from django.utils import timezone
from pytest_django import Settings
from rest_framework_simplejwt.token_blacklist.models import BlacklistedToken, OutstandingToken
from rest_framework_simplejwt.tokens import RefreshToken

from accounts.models import AuditEntry, User
from gpu_tasks import media
from sessions_app import retention
from sessions_app.models import Segment, Session, Turn, Tutor
from tests.queues import Queues

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("redis")]


def kept_for(session: Session, days: float) -> Turn:
    """A turn with its media in a session that was last used so many days ago."""
    turn = Turn.objects.create(session=session, number=1, status="completed", modality="audio", user_text="Why?")
    turn.user_audio = media.save(f"{turn.folder}question.webm", b"a voice")
    turn.save()
    Segment.objects.create(
        turn=turn, index=0, text="So.", duration_ms=1, video=media.save(f"{turn.folder}0.mp4", b"video")
    )
    Session.objects.filter(id=session.id).update(last_activity=timezone.now() - timedelta(days=days))
    return turn


@pytest.mark.parametrize(("keep", "age", "there"), [(30, 31, False), (30, 29, True), (0, 4000, True)])
def test_sessions_are_erased_after_their_time(
    session: Session, settings: Settings, keep: int, age: int, there: bool
) -> None:
    settings.RETENTION_DAYS = keep
    turn = kept_for(session, age)

    retention.delete_what_is_old()

    assert Session.objects.filter(id=session.id).exists() == there
    assert default_storage.exists(turn.user_audio) == there


@pytest.mark.parametrize(("keep", "age", "there"), [(7, 8, False), (7, 6, True), (0, 4000, True)])
def test_sound_and_pictures_go_earlier_and_the_words_stay(
    session: Session, settings: Settings, keep: int, age: int, there: bool
) -> None:
    settings.RETENTION_MEDIA_DAYS = keep
    turn = kept_for(session, age)
    key = turn.user_audio

    retention.delete_what_is_old()

    turn.refresh_from_db()
    assert turn.user_text == "Why?"
    assert default_storage.exists(key) == bool(turn.user_audio) == there
    assert bool(turn.segments.get().video) == there


def test_many_go_a_few_at_a_time(alice: User, tutor: Tutor, settings: Settings, queues: Queues) -> None:
    settings.RETENTION_DAYS = 1
    for _ in range(retention.BATCH + 1):
        session = Session.objects.create(student=alice, tutor=tutor)
        Session.objects.filter(id=session.id).update(last_activity=timezone.now() - timedelta(days=2))

    retention.delete_what_is_old()

    assert Session.objects.count() == 1
    assert queues.waiting("default") == ["delete_what_is_old"]
    retention.delete_what_is_old()
    assert Session.objects.count() == 0
    assert queues.waiting("default") == []


def test_a_round_begins_once_an_hour(queues: Queues) -> None:
    retention.begin_round()
    retention.begin_round()

    assert queues.waiting("default") == ["delete_what_is_old"]


def test_the_audit_log_is_kept_for_its_own_time(settings: Settings) -> None:
    settings.AUDIT_DAYS = 10
    old, fresh = (AuditEntry.objects.create(actor_name="Dora", action="opened", kind="session") for _ in range(2))
    AuditEntry.objects.filter(id=old.id).update(at=timezone.now() - timedelta(days=11))

    retention.delete_what_is_old()

    assert list(AuditEntry.objects.all()) == [fresh]


def test_logins_and_tokens_go_when_they_have_expired(alice: User) -> None:
    past = timezone.now() - timedelta(minutes=1)
    Login.objects.create(session_key="old", session_data="", expire_date=past)
    Login.objects.create(session_key="new", session_data="", expire_date=timezone.now() + timedelta(days=1))
    RefreshToken.for_user(alice).blacklist()
    OutstandingToken.objects.update(expires_at=past)
    RefreshToken.for_user(alice)

    retention.delete_what_is_old()

    assert list(Login.objects.values_list("session_key", flat=True)) == ["new"]
    assert (OutstandingToken.objects.count(), BlacklistedToken.objects.count()) == (1, 0)


@pytest.mark.parametrize(("hours", "there"), [(25, False), (23, True)])
def test_a_tutor_that_was_only_tried_goes_after_a_day(dora: User, hours: int, there: bool) -> None:
    copy = Tutor.objects.create(name="Ada", subject="Science", persona="", voice="tone", tried_by=dora)
    kept = Tutor.objects.create(name="Leo", subject="Science", persona="", voice="tone")
    turn = kept_for(Session.objects.create(student=dora, tutor=copy), hours / 24)

    retention.delete_what_is_old()

    assert Tutor.objects.filter(id=copy.id).exists() == default_storage.exists(turn.user_audio) == there
    assert Tutor.objects.filter(id=kept.id).exists()
