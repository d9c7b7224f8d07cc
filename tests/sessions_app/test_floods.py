"""One client does not get a web process to itself. Over the application as it is served, without workers."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, suppress
from typing import Any

import pytest
from channels.testing import WebsocketCommunicator
from pytest_django import Settings

from accounts import socket_tokens
from accounts.models import User
from gpu_tasks import metrics
from sessions_app import floods
from sessions_app.models import Session
from tutor_site.asgi import application

pytestmark = [pytest.mark.usefixtures("redis"), pytest.mark.django_db(transaction=True)]

Connect = Callable[[Session], Awaitable[WebsocketCommunicator]]


@pytest.fixture
async def connect() -> AsyncIterator[Connect]:
    async with AsyncExitStack() as opened:

        async def connect(session: Session) -> WebsocketCommunicator:
            token = socket_tokens.issue(session.id, session.student_id)
            socket = WebsocketCommunicator(application, f"/ws/ws/{session.id}?token={token}")
            assert (await socket.connect())[0]
            opened.push_async_callback(hang_up, socket)
            return socket

        yield connect


async def hang_up(socket: WebsocketCommunicator) -> None:
    with suppress(ConnectionError):  # of one that has failed
        await socket.disconnect()


async def told(socket: WebsocketCommunicator) -> str:
    """The type of the next message, of an error its code."""
    message = await socket.receive_json_from(timeout=10)
    return str(message.get("code") or message["type"])


async def greeted(socket: WebsocketCommunicator) -> None:
    assert [await told(socket), await told(socket)] == ["session", "limits"]


async def closed(socket: WebsocketCommunicator) -> int:
    message: dict[str, Any] = await socket.receive_output(timeout=10)
    assert message["type"] == "websocket.close"
    return int(message["code"])


async def test_who_says_more_than_may_be_is_warned_and_then_closed(
    connect: Connect, session: Session, settings: Settings
) -> None:
    settings.RATES = {**settings.RATES, "message": (3, 3600)}
    socket, other = await connect(session), await connect(session)
    await greeted(socket)
    await greeted(other)

    for message in ('{"type": "ping"}', "not JSON", '{"type": "received", "bytes": 1}', *['{"type": "ping"}'] * 5):
        await socket.send_to(text_data=message)

    came = [await told(socket) for _ in range(6)]
    assert came == ["pong", "invalid_message", "too_many_messages", "pong", "pong", "pong"]
    assert await closed(socket) == 4008
    await other.send_to(text_data='{"type": "ping"}')
    assert await told(other) == "pong"


@pytest.mark.parametrize("rate", [(0, 60), (3, 0)], ids=["without a rate", "in its time"])
async def test_others_are_never_warned(
    connect: Connect, session: Session, settings: Settings, rate: tuple[int, int]
) -> None:
    settings.RATES = {**settings.RATES, "message": rate}
    socket = await connect(session)
    await greeted(socket)

    for _ in range(20):
        await socket.send_to(text_data='{"type": "ping"}')

    assert {await told(socket) for _ in range(20)} == {"pong"}


async def test_a_student_has_so_many_sockets_and_one_more_is_told_so(
    connect: Connect, session: Session, bob: User, settings: Settings
) -> None:
    settings.SOCKETS_AT_ONCE = 2
    another = await Session.objects.acreate(student_id=session.student_id, tutor_id=session.tutor_id)
    bobs = await Session.objects.acreate(student=bob, tutor_id=session.tutor_id)
    first, _ = await connect(session), await connect(another)

    refused = await connect(session)
    await refused.send_to(text_data='{"type": "text", "content": "Why?"}')
    assert (await told(refused), await closed(refused)) == ("too_many_connections", 4009)
    await greeted(await connect(bobs))
    await greeted(first)
    await first.disconnect()
    await greeted(await connect(session))


async def test_a_socket_that_fails_is_not_counted_for_ever(
    connect: Connect, session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(session_id: str) -> None:
        raise ConnectionError("the database is away")

    before = metrics.SOCKETS._value.get()
    with monkeypatch.context() as away:
        away.setattr("sessions_app.snapshot.snapshot", fail)
        socket = await connect(session)
        with pytest.raises(ConnectionError):
            await socket.wait(timeout=10)

    assert (floods._connections, metrics.SOCKETS._value.get()) == ({}, before)
