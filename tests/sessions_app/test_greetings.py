"""A tutor's greeting is made into a clip once, when no turn needs the workers, and anew when it changes."""

from collections.abc import Iterator
from typing import Any

import pytest
import redis as redis_library
from rest_framework.test import APIClient

from gpu_tasks import cancellation, media, turn_log
from gpu_tasks.engines.avatar.fake import FakeAvatar
from sessions_app import greetings, infos
from sessions_app.models import Avatar, GreetingClip, Tutor
from sessions_app.tasks import PREPARING
from tests.queues import Queues

pytestmark = pytest.mark.django_db
QUEUES = ("tts", "avatar", "default")


@pytest.fixture
def greeter(tutor: Tutor, face: Avatar, redis: "redis_library.Redis") -> Tutor:
    Avatar.objects.filter(id=face.id).update(prepared_version=face.version)
    tutor.greeting = "Hello, I am **Ada**."
    tutor.save()
    return tutor


def look(redis: "redis_library.Redis") -> None:
    redis.delete(greetings.LOOKED)
    greetings.prepare_one()


def test_a_greeting_becomes_a_clip_with_the_face(
    greeter: Tutor, redis: "redis_library.Redis", queues: Queues, nobody: APIClient
) -> None:
    look(redis)

    assert queues.run_all(*QUEUES) == ["speak_greeting", "animate_greeting", "greeting_made"]
    clip = infos.tutor_info(greeter).greeting_clip
    assert clip is not None
    assert clip.content == "Hello, I am **Ada**."
    assert "".join(word.text for word in clip.words or []) == clip.content
    assert clip.duration_ms > 0
    assert nobody.get(clip.video_url).content[4:8] == b"ftyp"
    assert nobody.get(clip.audio_url).content.startswith(b"RIFF")
    assert not redis.exists(PREPARING)


def test_it_is_made_once(greeter: Tutor, redis: "redis_library.Redis", queues: Queues) -> None:
    look(redis)
    look(redis)
    ran = queues.run_all(*QUEUES)
    look(redis)

    assert len(ran) == 3
    assert queues.run_all(*QUEUES) == []


@pytest.mark.parametrize("change", ["greeting", "face"])
def test_another_text_or_look_wants_another_clip(
    greeter: Tutor, face: Avatar, redis: "redis_library.Redis", queues: Queues, change: str
) -> None:
    look(redis)
    queues.run_all(*QUEUES)
    old = GreetingClip.objects.get().video
    if change == "greeting":
        Tutor.objects.update(greeting="Good morning.")
    else:
        Avatar.objects.filter(id=face.id).update(version=2, prepared_version=2)
    greeter.refresh_from_db()
    assert infos.tutor_info(greeter).greeting_clip is None

    look(redis)
    queues.run_all(*QUEUES)

    assert infos.tutor_info(greeter).greeting_clip is not None
    assert GreetingClip.objects.get().video != old
    assert not media.default_storage.exists(old)


def test_a_face_is_prepared_before_it_greets(
    greeter: Tutor, face: Avatar, redis: "redis_library.Redis", queues: Queues
) -> None:
    Avatar.objects.filter(id=face.id).update(prepared_version=0)

    look(redis)

    assert queues.waiting("tts") == []


def test_who_has_nothing_to_say_is_not_asked(tutor: Tutor, redis: "redis_library.Redis", queues: Queues) -> None:
    look(redis)

    assert queues.waiting("tts") == []
    assert infos.tutor_info(tutor).greeting_clip is None


# Students come first


def test_while_a_turn_runs_no_greeting_is_begun(greeter: Tutor, redis: "redis_library.Redis", queues: Queues) -> None:
    redis.sadd(turn_log.RUNNING, "t1")

    look(redis)

    assert queues.waiting("tts") == []


@pytest.mark.parametrize("before", ["tts", "avatar"])
def test_a_greeting_that_waits_gives_way_to_a_turn(
    greeter: Tutor, redis: "redis_library.Redis", queues: Queues, before: str
) -> None:
    look(redis)
    if before == "avatar":
        queues.run_next("tts")
    redis.sadd(turn_log.RUNNING, "t1")

    queues.run_all(*QUEUES)

    assert not GreetingClip.objects.exists()
    redis.srem(turn_log.RUNNING, "t1")
    look(redis)
    queues.run_all(*QUEUES)
    assert GreetingClip.objects.exists()


def test_a_greeting_that_is_being_drawn_gives_way_to_a_turn(
    greeter: Tutor, redis: "redis_library.Redis", queues: Queues, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cancellation, "NEEDED_INTERVAL", 0)
    drawn = []
    animate = FakeAvatar.animate

    def with_a_turn_in_between(self: FakeAvatar, *args: Any) -> Iterator[Any]:
        for number, frame in enumerate(animate(self, *args)):
            drawn.append(number)
            if number == 2:
                redis.sadd(turn_log.RUNNING, "t1")
            yield frame

    monkeypatch.setattr(FakeAvatar, "animate", with_a_turn_in_between)
    look(redis)

    queues.run_all(*QUEUES)

    assert drawn == [0, 1, 2]
    assert not GreetingClip.objects.exists()
    assert not redis.exists(PREPARING)


def test_one_that_cannot_be_made_does_not_hold_up_the_others_for_ever(
    greeter: Tutor, redis: "redis_library.Redis", queues: Queues
) -> None:
    Tutor.objects.update(voice="nobody's voice")
    look(redis)

    with pytest.raises(Exception, match="nobody's voice"):
        queues.run_all(*QUEUES)

    assert 0 < redis.ttl(PREPARING) <= greetings.PREPARE_SECONDS
