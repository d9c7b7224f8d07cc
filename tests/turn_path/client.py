"""A client of the published interface: HTTP, and the socket in its three media modes."""

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any, Self

import httpx
from websockets.asyncio.client import ClientConnection, connect

PATIENCE = 30.0
Message = dict[str, Any]


class Socket:
    """`messages` is all that came, in order, but for `limits`. A fragment's binary frame is in it as "bytes"."""

    def __init__(self, connection: ClientConnection) -> None:
        self.connection = connection
        self.messages: list[Message] = []
        self.limits: list[Message] = []

    async def send(self, kind: str, **fields: Any) -> None:
        await self.send_raw(json.dumps({"type": kind, **fields}))

    async def send_raw(self, data: str | bytes) -> None:
        await self.connection.send(data)

    async def receive(self, patience: float = PATIENCE) -> Message:
        async with asyncio.timeout(patience):
            while (message := await self._next())["type"] == "limits":
                self.limits.append(message)
            if message["type"] == "fragment":
                message["bytes"] = await self.connection.recv()
                assert isinstance(message["bytes"], bytes), "a fragment without its binary frame"
        self.messages.append(message)
        return message

    async def next_limits(self) -> Message:
        """What the student is told next of what he has left, where nothing else is to come."""
        async with asyncio.timeout(PATIENCE):
            message = await self._next()
        assert message["type"] == "limits"
        self.limits.append(message)
        return message

    async def _next(self) -> Message:
        text = await self.connection.recv(decode=True)
        assert isinstance(text, str), "a binary frame that belongs to no fragment"
        message: Message = json.loads(text)
        return message

    async def until(self, wanted: str | Callable[[Message], bool], patience: float = PATIENCE) -> list[Message]:
        """What comes up to and with the first wanted message (its type, or a question about it)."""
        asked = wanted if callable(wanted) else lambda message: message["type"] == wanted
        came: list[Message] = []
        async with asyncio.timeout(patience):
            while True:
                came.append(await self.receive(patience))
                if asked(came[-1]):
                    return came

    async def turn(self, content: str, patience: float = PATIENCE, **fields: Any) -> list[Message]:
        """Ask, and wait for the end of the answer."""
        await self.send("text", content=content, **fields)
        return await self.until("done", patience)

    async def begin(self, content: str) -> str:
        """Ask, and return the new turn's id as soon as it is known."""
        await self.send("text", content=content)
        return str((await self.until(queued))[-1]["turn_id"])

    async def lives(self) -> bool:
        await self.send("ping")
        return bool((await self.until("pong"))[-1]["type"] == "pong")

    async def silent(self) -> bool:
        """Nothing more comes: a pong overtakes nothing that was sent before it."""
        await self.send("ping")
        return [message["type"] for message in await self.until("pong")] == ["pong"]


def queued(message: Message) -> bool:
    return bool(message["type"] == "status" and message["stage"] == "queued")


class Student:
    def __init__(self, base: str, tokens: Message) -> None:
        self.base = base
        self.user = tokens["user"]
        self._http = httpx.AsyncClient(
            base_url=base, headers={"Authorization": f"Bearer {tokens['access']}"}, trust_env=False, timeout=PATIENCE
        )

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._http.aclose()

    async def get(self, path: str, **options: Any) -> httpx.Response:
        return await self._http.get(path, **options)

    async def open_session(self, tutor_id: int) -> Message:
        answer = await self._http.post("/api/student/sessions", json={"tutor_id": tutor_id})
        assert answer.status_code == 200, answer.text
        opened: Message = answer.json()
        return opened

    async def end_session(self, session_id: str) -> None:
        assert (await self._http.delete(f"/api/student/sessions/{session_id}")).status_code == 200

    async def erase_session(self, session_id: str) -> None:
        assert (await self._http.delete(f"/api/student/sessions/{session_id}/transcript")).status_code == 204

    async def transcript(self, session_id: str) -> list[Message]:
        turns: list[Message] = (await self.get(f"/api/student/sessions/{session_id}/turns")).json()["results"]
        return turns

    @asynccontextmanager
    async def socket(self, session: Message, media: str = "inline", token: str | None = None) -> AsyncIterator[Socket]:
        """Connected and greeted."""
        address = f"{session['engine_url']}?token={token or session['engine_token']}&media={media}"
        async with connect(address, max_size=None, proxy=None) as connection:
            socket = Socket(connection)
            await socket.receive()
            yield socket
