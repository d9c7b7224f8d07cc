"""Who talks in whose session: every message of the socket, sent by everybody in what is Alice's.

The rows are compared with the protocol: a message that is added without a row here fails. The door is where it is
decided: who has no token of this session for this student, still good, is refused before a message is read.
"""

import base64
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any, get_args
from unittest.mock import patch

import pytest
from asgiref.sync import sync_to_async
from channels.testing import WebsocketCommunicator
from rest_framework_simplejwt.tokens import RefreshToken

from accounts import socket_tokens
from accounts.models import User
from gpu_tasks.audio import wav_bytes
from gpu_tasks.engines.tts.fake import FakeVoice
from sessions_app import protocol
from sessions_app.models import Session, Turn
from tests.everybody import PEOPLE, School
from tutor_site.asgi import application

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("redis")]

Token = Callable[[School], str]


def of(who: str) -> Token:
    """As this site would write it for somebody else, in Alice's session."""
    return lambda school: socket_tokens.issue(school.session.id, school.people[who].pk)


def expired(school: School) -> str:
    with patch("time.time", return_value=time.time() - 3600):
        return of("alice")(school)


def of_her_other_session(school: School) -> str:
    alice = school.people["alice"]
    other = Session.objects.create(student=alice, tutor=school.session.tutor)
    return socket_tokens.issue(other.id, alice.pk)


def of_his_own_session(who: str) -> Token:
    def issue(school: School) -> str:
        own = Session.objects.create(student=school.people[who], tutor=school.session.tutor)
        return socket_tokens.issue(own.id, school.people[who].pk)

    return issue


def of_the_app(school: School) -> str:
    return str(RefreshToken.for_user(school.people["alice"]).access_token)


def forged(school: School) -> str:
    token = of("alice")(school)
    return token[:-1] + ("A" if token[-1] != "A" else "B")


REFUSED: dict[str, Token] = {
    "nobody": lambda school: "",
    "bob": of("bob"),
    "bob, by his own": of_his_own_session("bob"),
    "dora": of("dora"),
    "dora, by her own": of_his_own_session("dora"),
    "tim": of("tim"),
    "root": of("root"),
    "root, by his own": of_his_own_session("root"),
    "alice, too late": expired,
    "alice, by another session's": of_her_other_session,
    "alice, by the app's": of_the_app,
    "a forger": forged,
}


def has_asked() -> bool:
    return Turn.objects.filter(number=2).exists()


def has_stopped() -> bool:
    return Turn.objects.filter(status="interrupted").exists()


MESSAGES: dict[str, tuple[dict[str, Any], Callable[[], bool] | None]] = {
    "text": ({"content": "Why is it red at night?"}, has_asked),
    "audio": ({"data": ""}, has_asked),
    "interrupt": ({}, has_stopped),
    "ping": ({}, None),  # a pong, and nothing else
    "received": ({"bytes": 1}, None),  # nothing at all
}
"""What is sent, and what it does for Alice."""


@pytest.fixture(scope="module")
def recorded() -> str:
    speech = FakeVoice().speak("What do plants need", voice="tone")
    return base64.b64encode(wav_bytes(speech.pcm, speech.sample_rate)).decode()


@asynccontextmanager
async def socket(school: School, token: str) -> AsyncIterator[WebsocketCommunicator | None]:
    """None for whom the door is shut."""
    communicator = WebsocketCommunicator(application, f"/ws/ws/{school.session.id}?token={token}&media=stream")
    is_open, _ = await communicator.connect(timeout=30)
    yield communicator if is_open else None
    if is_open:
        await communicator.disconnect()


async def answers(communicator: WebsocketCommunicator, until: set[str]) -> list[dict[str, Any]]:
    came = []
    while not came or came[-1]["type"] not in until:
        came.append(await communicator.receive_json_from(timeout=30))
    return came


def test_every_message_of_the_protocol_has_a_row() -> None:
    union = get_args(protocol.ClientMessage)[0]
    assert {message.model_fields["type"].default for message in get_args(union)} == set(MESSAGES)


def test_everybody_is_tried() -> None:
    assert {who.partition(",")[0] for who in REFUSED} >= set(PEOPLE)


@pytest.mark.parametrize("who", REFUSED)
async def test_nobody_else_comes_in(school: School, who: str) -> None:
    token = await sync_to_async(REFUSED[who])(school)

    async with socket(school, token) as door:
        assert door is None


@pytest.mark.parametrize("kind", MESSAGES)
async def test_alice_talks_in_her_session(school: School, kind: str, recorded: str) -> None:
    body, has_happened = MESSAGES[kind]
    if kind == "interrupt":
        await Turn.objects.filter(id=school.turn.id).aupdate(status=Turn.Status.THINKING)
    async with socket(school, await sync_to_async(of("alice"))(school)) as door:
        assert door is not None
        assert (await answers(door, {"limits"}))[0]["session_id"] == school.session.id

        await door.send_json_to({"type": kind, **body, **({"data": recorded} if kind == "audio" else {})})

        if has_happened is None:
            await door.send_json_to({"type": "ping"})
            assert (await door.receive_json_from(timeout=30))["type"] == "pong"
            assert not await sync_to_async(has_asked)()
        else:
            await answers(door, {"status", "done"})
            assert await sync_to_async(has_happened)()


async def test_she_hears_of_no_session_but_her_own(school: School, bob: User) -> None:
    """A message has no place for another session's name: one that is put in is not read."""
    theirs = await Session.objects.acreate(student=bob, tutor_id=school.session.tutor_id)
    async with socket(school, await sync_to_async(of("alice"))(school)) as door:
        assert door is not None
        await answers(door, {"limits"})

        await door.send_json_to({"type": "text", "content": "Hello?", "session_id": theirs.id})

        await answers(door, {"status"})
        assert not await theirs.turns.aexists()


async def test_one_who_may_no_longer_log_in_is_shut_out(school: School) -> None:
    token = await sync_to_async(of("alice"))(school)
    await User.objects.filter(pk=school.people["alice"].pk).aupdate(is_active=False)

    async with socket(school, token) as door:
        assert door is None
