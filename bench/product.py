"""The whole product on free ports with a home of its own, and one student."""

import asyncio
import json
import os
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
from websockets.asyncio.client import ClientConnection, connect

from tutor_site.supervisor import Stack, Supervisor, free_port

ROOT = Path(__file__).resolve().parent.parent
READY_SECONDS = 120


@contextmanager
def running(home: Path) -> Iterator[Stack]:
    environ = {**os.environ, "TUTOR_MODE": "demo", "TURNS_BURST": "1000", "LOG_LEVEL": "WARNING"}
    stack = Stack(home=home, root=ROOT, port=free_port(), environ=environ)
    # This process asks the same database, and calls the same engines.
    os.environ.update(stack.environment)
    import django
    from django.core.management import call_command

    django.setup()
    call_command("migrate", verbosity=0)
    call_command("seed", verbosity=0)
    with Supervisor(stack.commands(), logs=home / "logs") as processes:
        processes.wait_ready(stack.answers, timeout=READY_SECONDS)
        yield stack


@dataclass
class Heard:
    """One turn as a client saw it: each message with the time it came, in seconds since it was asked for."""

    messages: list[tuple[float, dict[str, Any]]] = field(default_factory=list)
    binaries: list[float] = field(default_factory=list)

    def first(self, kind: str) -> float:
        return next(at for at, message in self.messages if message["type"] == kind)

    @property
    def done(self) -> dict[str, Any]:
        return next(message for _, message in self.messages if message["type"] == "done")

    @property
    def text(self) -> str:
        return next((m["content"] for _, m in self.messages if m["type"] == "text"), "")


class Student:
    def __init__(self, base: str) -> None:
        self._http = httpx.Client(base_url=base, timeout=30)
        answer = self._http.post(
            "/api/auth/login", json={"email": "student@example.com", "password": "student123"}
        ).raise_for_status()
        self._http.headers["Authorization"] = f"Bearer {answer.json()['access']}"

    def tutors(self) -> list[dict[str, Any]]:
        tutors: list[dict[str, Any]] = self._http.get("/api/tutors").raise_for_status().json()
        return tutors

    def open(self, tutor_id: int) -> dict[str, str]:
        opened: dict[str, str] = (
            self._http.post("/api/student/sessions", json={"tutor_id": tutor_id}).raise_for_status().json()
        )
        return opened

    @asynccontextmanager
    async def socket(self, opened: dict[str, str], media: str = "stream") -> AsyncIterator[ClientConnection]:
        address = f"{opened['engine_url']}?token={opened['engine_token']}&media={media}"
        async with connect(address, max_size=None) as socket:
            assert json.loads(await socket.recv())["type"] == "session"
            yield socket


async def ask(socket: ClientConnection, text: str) -> Heard:
    """Send a question and read until the turn is over."""
    heard, began = Heard(), time.perf_counter()
    await socket.send(json.dumps({"type": "text", "content": text}))
    async for kind, message, at in incoming(socket, began):
        if kind == "binary":
            heard.binaries.append(at)
            continue
        if "turn_id" not in message:
            continue  # what the student has left
        heard.messages.append((at, message))
        if message["type"] == "done":
            return heard
    raise ConnectionError("the socket was closed in mid-turn")


async def incoming(socket: ClientConnection, began: float) -> AsyncIterator[tuple[str, dict[str, Any], float]]:
    while True:
        data = await asyncio.wait_for(socket.recv(), 60)
        at = time.perf_counter() - began
        if isinstance(data, bytes):
            yield "binary", {}, at
        else:
            yield "text", json.loads(data), at
