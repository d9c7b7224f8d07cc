"""A message is checked, then what runs is interrupted, then the turn starts. Refused, it changes nothing."""

import base64
import threading
from typing import NoReturn

import pytest
from django.core.files.storage import default_storage
from django.db import IntegrityError, connection
from pytest_django import Settings
from redis.exceptions import ConnectionError as RedisGone

from accounts.models import User
from gpu_tasks import ledger, media, turn_log
from gpu_tasks.events import Begun, Done
from sessions_app import pipeline, quotas, services
from sessions_app.errors import Refused
from sessions_app.models import Avatar, Session, Turn, Tutor
from sessions_app.models.tutors import TutorAvatar
from sessions_app.protocol import MAX_AUDIO_BYTES, MAX_TEXT, AudioMessage, TextMessage
from tests.queues import Queues

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("redis")]


def ask(session: Session, content: str = "What is light?", **more: str) -> Turn:
    return services.begin_turn(session.id, TextMessage(content=content, **more))


def say(session: Session, audio: bytes) -> Turn:
    return services.begin_turn(session.id, AudioMessage(data=base64.b64encode(audio).decode()))


def test_a_typed_turn_starts_with_looking_up_the_material(session: Session, queues: Queues) -> None:
    turn = ask(session, "  What is light?\n")

    assert (turn.number, turn.user_text, turn.modality, turn.status) == (1, "What is light?", "text", "queued")
    (begun,) = turn_log.read(turn.id)
    assert isinstance(begun, Begun)
    assert (begun.turn["turn_id"], begun.turn["user_text"], begun.position) == (turn.id, "What is light?", 0)
    assert [each.entry.item for each in ledger.open_items(turn.id)] == ["retrieve"]
    assert queues.waiting("default") == ["retrieve"]


def test_a_spoken_turn_starts_with_hearing(session: Session, queues: Queues) -> None:
    turn = say(session, b"RIFF....WAVE")

    assert (turn.user_text, turn.modality, turn.status) == ("", "audio", "transcribing")
    assert media.read(turn.user_audio) == b"RIFF....WAVE"
    assert [each.entry.item for each in ledger.open_items(turn.id)] == ["transcribe"]
    assert queues.waiting("asr") == ["transcribe"]


@pytest.mark.parametrize(
    ("begins", "suffix"),
    [
        (b"\x1aE\xdf\xa3...", ".webm"),
        (b"OggS...", ".ogg"),
        (b"RIFF....WAVE", ".wav"),
        (b"\x00\x00\x00\x20ftypM4A ", ".m4a"),
        (b"ID3...", ".mp3"),
        (b"\xff\xfb...", ".mp3"),
        (b"<html>", ".bin"),
    ],
)
def test_a_recording_is_kept_as_what_it_is(session: Session, begins: bytes, suffix: str) -> None:
    assert say(session, begins).user_audio.endswith(f"question{suffix}")


def test_a_recording_may_come_as_a_browsers_file_reader_gives_it(session: Session) -> None:
    data = "data:audio/webm;codecs=opus;base64," + base64.b64encode(b"\x1aE\xdf\xa3...").decode()

    turn = services.begin_turn(session.id, AudioMessage(data=data))

    assert media.read(turn.user_audio) == b"\x1aE\xdf\xa3..."


def test_of_a_recording_that_is_refused_nothing_is_kept(session: Session, settings: Settings) -> None:
    settings.MINUTES_A_DAY = 1
    quotas.use(session.student_id, 60_000)

    with pytest.raises(Refused, check=lambda refused: refused.code == "quota_used_up"):
        say(session, b"RIFF....WAVE")

    turns, _ = default_storage.listdir(session.folder)
    assert [default_storage.listdir(f"{session.folder}{turn}")[1] for turn in turns] in ([], [[]])


def test_a_recording_that_cannot_be_kept_can_be_sent_again(session: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(key: str, data: bytes) -> NoReturn:
        raise OSError("No space left on device")

    running = ask(session)
    monkeypatch.setattr(media, "save", full)
    with pytest.raises(Refused, check=lambda refused: refused.code == "unavailable" and refused.retryable):
        say(session, b"RIFF....WAVE")
    monkeypatch.undo()

    running.refresh_from_db()
    assert running.status == "queued", "what runs is not stopped for it"
    assert say(session, b"RIFF....WAVE").number == 2


def test_turns_are_numbered_and_each_interrupts_the_one_before(session: Session) -> None:
    turns = [ask(session, f"question {number}") for number in (1, 2, 3)]

    assert list(session.turns.values_list("number", "status")) == [
        (1, "interrupted"),
        (2, "interrupted"),
        (3, "queued"),
    ]
    ends = [event for turn in turns[:2] for event in turn_log.read(turn.id) if isinstance(event, Done)]
    assert [end.interrupted for end in ends] == [True, True]
    assert not turn_log.is_closed(turns[2].id)


def test_a_turn_moves_its_session_to_the_front(session: Session) -> None:
    before = session.last_activity

    ask(session)

    session.refresh_from_db()
    assert session.last_activity > before


@pytest.mark.parametrize("content", ["What\0 is light?", "What is\ud800 light?", "\0What is light?\udfff"])
def test_what_no_database_keeps_is_left_out_of_a_question(session: Session, content: str) -> None:
    assert ask(session, content).user_text == "What is light?"


@pytest.mark.parametrize("mode", ["video", "voice", "text"])
def test_a_turn_comes_in_the_mode_the_student_chose(session: Session, mode: str) -> None:
    turn = ask(session, mode=mode)

    (begun,) = turn_log.read(turn.id)
    assert isinstance(begun, Begun)
    assert (begun.mode, begun.asked, begun.reason) == (mode, mode, None)
    assert (turn.mode, turn.asked_mode, pipeline.turn_ref(turn)["mode"]) == (mode, mode, mode)


def test_the_turn_has_the_tutors_first_face_or_the_one_asked_for(session: Session, face: Avatar) -> None:
    other = Avatar.objects.create(avatar_id="avatar_other", name="Other", kind=Avatar.Kind.PHOTO)
    TutorAvatar.objects.create(tutor=session.tutor, avatar=other, position=1)

    assert ask(session).avatar == face
    assert ask(session, avatar_id="avatar_other").avatar == other


def test_a_face_of_another_open_tutor_may_be_lent_but_not_of_a_closed_one(
    session: Session, closed_tutor: Tutor
) -> None:
    secret = Avatar.objects.create(avatar_id="avatar_secret", name="Secret", kind=Avatar.Kind.PHOTO)
    TutorAvatar.objects.create(tutor=closed_tutor, avatar=secret)
    with pytest.raises(Refused):
        ask(session, avatar_id="avatar_secret")

    Tutor.objects.filter(id=closed_tutor.id).update(is_open=True)
    assert ask(session, avatar_id="avatar_secret").avatar == secret


def test_a_tutor_without_a_face_still_talks(session: Session) -> None:
    session.tutor.avatars.clear()

    turn = ask(session)

    assert turn.avatar is None
    assert pipeline.turn_ref(turn)["avatar"] is None


def test_who_hears_a_question_is_told_what_the_lesson_is_about(session: Session) -> None:
    assert pipeline.turn_ref(say(session, b"RIFF....WAVE"))["terms"] == ["Science"]
    assert pipeline.turn_ref(ask(session))["terms"] == []


# Refused


@pytest.mark.parametrize(
    ("message", "code"),
    [
        (TextMessage(content=""), "empty_text"),
        (TextMessage(content=" \n\t\u3000"), "empty_text"),
        (TextMessage(content="\0\ud800"), "empty_text"),
        (TextMessage(content="a" * (MAX_TEXT + 1)), "text_too_long"),
        (TextMessage(content="a" * 20_000), "text_too_long"),
        (TextMessage(content="hi", avatar_id="avatar_nobody"), "unknown_avatar"),
        (AudioMessage(data=""), "bad_audio"),
        (AudioMessage(data="not base64!"), "bad_audio"),
        (AudioMessage(data="AAA"), "bad_audio"),
        (AudioMessage(data="语音"), "bad_audio"),
        (AudioMessage(data="AAAA\x00AAA"), "bad_audio"),
        (AudioMessage(data="A" * (MAX_AUDIO_BYTES * 4 // 3 + 8)), "audio_too_large"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_a_message_that_is_refused_changes_nothing(
    session: Session, queues: Queues, message: TextMessage | AudioMessage, code: str
) -> None:
    running = ask(session)
    queues.waiting("default")

    with pytest.raises(Refused) as refused:
        services.begin_turn(session.id, message)

    assert refused.value.code == code
    assert list(session.turns.values_list("id", "status")) == [(running.id, "queued")]
    assert not turn_log.is_closed(running.id)
    assert queues.waiting("default") == queues.waiting("asr") == []


def test_the_longest_text_is_taken(session: Session) -> None:
    assert len(ask(session, "a" * MAX_TEXT).user_text) == MAX_TEXT


def test_the_largest_recording_is_taken(session: Session) -> None:
    assert len(media.read(say(session, b"RIFF" + bytes(MAX_AUDIO_BYTES - 4)).user_audio)) == MAX_AUDIO_BYTES


def test_who_is_switched_off_asks_no_more_over_a_socket_that_is_open(session: Session) -> None:
    User.objects.filter(id=session.student_id).update(is_active=False)

    with pytest.raises(Refused) as refused:
        ask(session)

    assert refused.value.code == "session_ended"


def test_an_ended_session_takes_no_turn(session: Session, queues: Queues) -> None:
    Session.objects.filter(id=session.id).update(status=Session.Status.ENDED)

    with pytest.raises(Refused) as refused:
        ask(session)

    assert refused.value.code == "session_ended"
    assert not Turn.objects.exists()


def test_what_the_student_reads_says_the_limit() -> None:
    assert str(Refused("text_too_long", limit=MAX_TEXT)) == "Your message is too long. The limit is 4000 characters."


def test_without_a_queue_the_turn_fails_in_words(session: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    def gone(turn: Turn) -> NoReturn:
        raise RedisGone

    monkeypatch.setattr(pipeline, "start", gone)

    with pytest.raises(Refused) as refused:
        ask(session)

    assert (refused.value.code, refused.value.retryable) == ("unavailable", True)
    assert session.turns.get().status == Turn.Status.FAILED


# Two at once


def test_the_database_itself_allows_one_running_turn_per_session(session: Session) -> None:
    ask(session)

    with pytest.raises(IntegrityError):
        Turn.objects.create(session=session, number=2, modality="text", status=Turn.Status.THINKING)


@pytest.mark.django_db(transaction=True)
def test_when_several_sockets_of_a_session_speak_at_once_one_turn_runs(session: Session) -> None:
    together = threading.Barrier(4)
    outcomes: list[str] = []

    def speak(number: int) -> None:
        together.wait()
        try:
            ask(session, f"question {number}")
            outcomes.append("begun")
        except Refused as refused:
            outcomes.append(refused.code)
        finally:
            connection.close()

    threads = [threading.Thread(target=speak, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert Turn.objects.running().count() == 1
    assert set(outcomes) <= {"begun", "too_many_messages"}
    numbers = list(session.turns.values_list("number", flat=True))
    assert numbers == list(range(1, outcomes.count("begun") + 1))
