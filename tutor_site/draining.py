"""How a web process ends: its sockets are told to come back, which leads them to another one, what was asked is
answered, and only then it stops. Turns go on meanwhile: they run in the workers."""

import asyncio
import logging
import signal
import threading
from collections.abc import Awaitable, Callable, MutableMapping
from types import FrameType
from typing import Any

logger = logging.getLogger(__name__)

COME_BACK = 4012
"""Close code of a socket. Of the standard's own an application may send none but 1000."""
PATIENCE = 20.0

ending = threading.Event()
"""This process takes no new sockets, and proxies should send nobody here."""

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]
Application = Callable[[Scope, Receive, Send], Awaitable[None]]


class Draining:
    """Around the whole application: knows what is open."""

    def __init__(self, application: Application) -> None:
        self._application = application
        self._sockets: set[Send] = set()
        self._open: set[asyncio.Task[Any]] = set()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        is_socket = scope["type"] == "websocket"
        if is_socket and ending.is_set():
            await send({"type": "websocket.close", "code": COME_BACK})
            return
        task = asyncio.current_task()
        assert task is not None
        self._open.add(task)
        if is_socket:
            self._sockets.add(send)
        try:
            await self._application(scope, receive, send)
        finally:
            self._open.discard(task)
            self._sockets.discard(send)

    async def drain(self, patience: float = PATIENCE) -> None:
        ending.set()
        logger.info("ending: %d open, %d of them sockets", len(self._open), len(self._sockets))
        await asyncio.gather(*(send({"type": "websocket.close", "code": COME_BACK}) for send in self._sockets))
        if self._open:
            await asyncio.wait(self._open, timeout=patience)
        if self._open:
            logger.warning("ended with %d still open", len(self._open))


def drain_on_sigterm(draining: Callable[[], Draining]) -> None:
    """To be called in the running reactor, whose own way of ending would break off everything. A second SIGTERM does
    not wait."""
    from twisted.internet import reactor as running

    reactor: Any = running  # its types know its methods as functions

    async def end() -> None:
        await draining().drain()
        reactor.stop()

    tasks: list[asyncio.Task[None]] = []

    def begin() -> None:
        if tasks:
            reactor.stop()
        else:
            tasks.append(asyncio.get_running_loop().create_task(end()))

    def told(number: int, frame: FrameType | None) -> None:
        reactor.callFromThread(begin)

    signal.signal(signal.SIGTERM, told)
