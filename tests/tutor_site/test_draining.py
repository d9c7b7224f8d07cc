"""A web process that ends: sockets are told to come back, requests are answered, proxies go elsewhere."""

import asyncio
from collections.abc import Iterator
from typing import Any

import pytest
from django.test import Client

from tutor_site.draining import COME_BACK, Draining, Receive, Scope, Send, ending

Sent = list[dict[str, Any]]


@pytest.fixture(autouse=True)
def not_ending() -> Iterator[None]:
    yield
    ending.clear()


class Connection:
    """What daphne is to an application: a close that is sent comes back as a disconnect."""

    def __init__(self, kind: str) -> None:
        self.kind = kind
        self.sent: Sent = []
        self._disconnected = asyncio.Event()

    async def send(self, message: Any) -> None:
        self.sent.append(dict(message))
        if message["type"] == "websocket.close":
            self._disconnected.set()

    async def receive(self) -> dict[str, Any]:
        await self._disconnected.wait()
        return {"type": "websocket.disconnect"}

    def to(self, application: Draining) -> asyncio.Task[None]:
        return asyncio.create_task(application({"type": self.kind}, self.receive, self.send))


async def test_sockets_are_told_to_come_back_and_requests_are_answered() -> None:
    asked, may_answer = asyncio.Event(), asyncio.Event()

    async def application(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "websocket":
            await receive()
            return
        asked.set()
        await may_answer.wait()
        await send({"type": "http.response.body"})

    draining = Draining(application)
    socket, request = Connection("websocket"), Connection("http")
    socket.to(draining)
    request.to(draining)
    await asked.wait()

    ended = asyncio.create_task(draining.drain())
    await socket.receive()
    assert socket.sent == [{"type": "websocket.close", "code": COME_BACK}]
    assert not ended.done(), "somebody still waits for an answer"
    may_answer.set()
    await ended

    assert request.sent == [{"type": "http.response.body"}]


async def test_a_new_socket_is_sent_elsewhere() -> None:
    async def application(scope: Scope, receive: Receive, send: Send) -> None:
        raise AssertionError("nobody is let in any more")

    draining = Draining(application)
    await draining.drain()
    late = Connection("websocket")
    await late.to(draining)

    assert late.sent == [{"type": "websocket.close", "code": COME_BACK}]


async def test_what_hangs_is_not_waited_for_for_ever() -> None:
    async def application(scope: Scope, receive: Receive, send: Send) -> None:
        await asyncio.Event().wait()

    draining = Draining(application)
    hangs = Connection("http").to(draining)
    await asyncio.sleep(0)

    await draining.drain(patience=0.01)

    assert not hangs.done()
    hangs.cancel()


@pytest.mark.usefixtures("redis", "db")
def test_proxies_learn_of_it() -> None:
    ending.set()

    answer = Client().get("/ready")

    assert (answer.status_code, answer.json()["missing"]) == (503, ["process"])
    assert Client().get("/health").status_code == 200
