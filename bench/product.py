"""The whole product on free ports with a home of its own, and one student."""

import asyncio
import json
import os
import tempfile
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from itertools import accumulate
from pathlib import Path
from typing import Any

import httpx
import psutil
from websockets.asyncio.client import ClientConnection, connect

from bench import fragments
from tutor_site.supervisor import Stack, Supervisor, free_port

ROOT = Path(__file__).resolve().parent.parent
READY_SECONDS, SETTLED_SECONDS = 120, 180
START_SECONDS = 0.4
"""Of video that the app's player waits for before it begins (frontend/src/config/playback.ts)."""


@contextmanager
def own_home() -> Iterator[Path]:
    """So that no student's data are touched; models and environments are those of the installed product."""
    installed = Path(os.environ.get("TUTOR_HOME", ".tutor")).resolve()
    with tempfile.TemporaryDirectory(prefix="tutor-bench-") as folder:
        home = Path(folder)
        for name in ("models", "pipecat-venv"):
            if (installed / name).is_dir():
                (home / name).symlink_to(installed / name)
        yield home


@contextmanager
def running(home: Path, *, workers: Path | None = None, **environ: str) -> Iterator[Stack]:
    generous = {"TURNS_BURST": "1000", "TURNS_PER_MINUTE": "10000"}
    generous |= {"MINUTES_A_DAY": "0", "SESSIONS_AT_ONCE": "0", "SOCKETS_AT_ONCE": "0"}
    environ = {**os.environ, "TUTOR_MODE": "demo", "LOG_LEVEL": "WARNING", **generous, **environ}
    stack = Stack(home=home, root=ROOT, port=free_port(), environ=environ, workers=workers)
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


def processes() -> dict[str, psutil.Process]:
    """Those of the product that runs, by name."""
    found = {}
    for process in psutil.Process().children(recursive=True):
        name = process.environ().get("PROCESS_NAME") or ("redis" if "valkey" in process.name() else "")
        if name:
            found[name] = process
    return found


def memory() -> dict[str, float]:
    """In MB, of each process of the product: what it has for itself, which is what could grow."""
    return {name: process.memory_full_info().uss / 1e6 for name, process in processes().items()}


def settled() -> None:
    """Wait until every face and greeting is made: what is measured afterwards has the machine for itself."""
    from django.db.models import F

    from sessions_app.models import Avatar, GreetingClip, Tutor

    patient_until = time.monotonic() + SETTLED_SECONDS
    while time.monotonic() < patient_until:
        faces = Avatar.objects.exclude(prepared_version=F("version")).exists()
        greetings = Tutor.objects.exclude(greeting="").count() > GreetingClip.objects.count()
        if not (faces or greetings):
            return
        time.sleep(0.5)
    raise TimeoutError("faces and greetings are not made")


@dataclass
class Heard:
    """One turn as a client saw it: each message with the time it came, in seconds since it was asked for."""

    asked_at: int
    """Milliseconds since 1970."""
    messages: list[tuple[float, dict[str, Any]]] = field(default_factory=list)
    binaries: list[float] = field(default_factory=list)
    seconds: list[float] = field(default_factory=list)
    """Of video in each binary."""

    def first(self, kind: str) -> float:
        return next(at for at, message in self.messages if message["type"] == kind)

    @property
    def done(self) -> dict[str, Any]:
        return next(message for _, message in self.messages if message["type"] == "done")

    @property
    def played_from(self) -> float:
        """Since when a player shows it that begins as the app's does, with a little ahead."""
        ahead = accumulate(self.seconds)
        enough = (at for at, seconds in zip(self.binaries, ahead, strict=True) if seconds > START_SECONDS - 0.001)
        return next(enough, self.binaries[-1] if self.binaries else 0.0)

    @property
    def played_until(self) -> float:
        return self.played_from + sum(self.seconds) + sum(self.stalls())

    def stalls(self) -> list[float]:
        """How long the picture stood still, each time it did after it had begun."""
        played_until, pauses = self.played_from, []
        for at, seconds in zip(self.binaries, self.seconds, strict=True):
            if at > played_until:
                pauses.append(at - played_until)
            played_until = max(at, played_until) + seconds
        return pauses

    @property
    def text(self) -> str:
        return next((m["content"] for _, m in self.messages if m["type"] == "text"), "")


class Student:
    def __init__(self, base: str, email: str = "student@example.com", password: str = "student123") -> None:
        self.base = base
        self._http = httpx.Client(base_url=base, timeout=30)
        answer = self._http.post("/api/auth/login", json={"email": email, "password": password}).raise_for_status()
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
    return await hear(socket, {"type": "text", "content": text})


async def hear(socket: ClientConnection, message: dict[str, str]) -> Heard:
    """Send an utterance and read until the turn is over."""
    heard, began = Heard(round(time.time() * 1000)), time.perf_counter()
    await socket.send(json.dumps(message))
    async for kind, answer, at in incoming(socket, began):
        if kind == "binary":
            heard.binaries.append(at)
            heard.seconds.append(fragments.seconds(answer))
            continue
        if "turn_id" not in answer:
            continue  # what the student has left
        heard.messages.append((at, answer))
        if answer["type"] == "done":
            return heard
    raise ConnectionError("the socket was closed in mid-turn")


async def incoming(socket: ClientConnection, began: float) -> AsyncIterator[tuple[str, Any, float]]:
    while True:
        data = await asyncio.wait_for(socket.recv(), 60)
        at = time.perf_counter() - began
        if isinstance(data, bytes):
            yield "binary", data, at
        else:
            yield "text", json.loads(data), at
