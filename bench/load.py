"""Arrivals at one, two and five times what the product can take: what is let in is as fast as ever, the others wait and
are told where they stand. Engines pretend to take their time, so that the product around them is what is measured.

Each student's socket is open before he asks, and stays open, as the app's does."""

import asyncio
import itertools
import json
import time
from collections import Counter
from collections.abc import Mapping, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from random import Random
from statistics import median
from typing import Any

from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import WebSocketException

from bench import report
from bench.pretending import fake, pretending
from bench.product import memory

FACTORS = (1, 2, 5)
SECONDS = 60.0
"""Of arrivals for each factor."""
ALONE = 12
"""Turns, one after the other, that tell the service time and what unloaded means."""
SLOTS = 4
STUDENTS = 250
CONNECTING = 20
"""Students at once, before the first of them asks."""
WANTED, WANTED_GROWTH = 1.2, 0.05
STAGES = {
    "llm": fake(
        "gpu_tasks.engines.llm.fake.FakeChat",
        script="Leaves take in light, and roots take in water. Together they make sugar.",
        first_delay=0.5,
        delay=0.1,
    ),
    "tts": fake("bench.slow_engines.SlowVoice", seconds=0.2),
}
LIMITS: dict[str, str] = {
    "TURNS_AT_ONCE": str(SLOTS),
    # Who waits waits for the face, as long as anybody is let wait: what is shown is the line.
    **dict.fromkeys(("QUEUE_VOICE_SECONDS", "QUEUE_TEXT_SECONDS", "QUEUE_SECONDS"), "60"),
}


@dataclass
class Asked:
    """A turn, in seconds since the epoch."""

    at: float
    let_in: float = 0.0
    first_frame: float = 0.0
    done: float = 0.0
    refused: str = ""
    places: list[int] = field(default_factory=list)


def run() -> dict[str, Any]:
    with pretending(STAGES, None, **LIMITS) as stack:
        return asyncio.run(_measured(_addresses(stack.base)))


def _addresses(base: str) -> list[str]:
    """Of sockets, each of a student of his own."""
    from accounts import socket_tokens
    from accounts.models import User
    from sessions_app.models import Session, Tutor

    tutor = Tutor.objects.get(name="Ada")
    pupils = User.objects.bulk_create(
        User(email=f"pupil{number}@example.org", name=f"Pupil {number}", password="!") for number in range(STUDENTS)
    )
    opened = Session.objects.bulk_create(Session(student=pupil, tutor=tutor) for pupil in pupils)
    ws = base.replace("http", "ws", 1)
    return [
        f"{ws}/ws/ws/{each.id}?token={socket_tokens.issue(each.id, each.student_id)}&media=stream" for each in opened
    ]


async def _measured(addresses: list[str]) -> dict[str, Any]:
    async with AsyncExitStack() as stack:
        students, refused = await _connected(stack, addresses)
        alone = [await students[0].ask() for _ in range(ALONE + 1)][1:]  # everybody's first time
        capacity = SLOTS / median(turn.done - turn.let_in for turn in alone)
        unloaded = report.p95([turn.first_frame - turn.let_in for turn in alone])
        storms, before = {}, memory()
        for factor in FACTORS:
            storms[factor] = await _storm(students, factor * capacity)
            storms[factor]["slower"] = storms[factor]["first_frame_p95"] / unloaded
    report.table(
        f"Arrivals for {SECONDS:.0f} s each; capacity {capacity:.2f} turns/s, alone {unloaded:.2f} s (p95) to a frame",
        ("arrivals", "let in", "refused", "lost", f"first frame p95 (wanted ≤ {WANTED}×)", "waited p95", "places rose"),
        [
            (
                f"{factor}×",
                str(storm["let_in"]),
                str(storm["refused"] or ""),
                str(storm["lost"] or ""),
                f"{storm['first_frame_p95']:.2f} s, {storm['slower']:.2f}×",
                f"{storm['waited_p95']:.1f} s",
                str(storm["places_that_rose"]),
            )
            for factor, storm in storms.items()
        ],
    )
    _table_of_memory(before, storms)
    print(f"  {len(students)} sockets were open all the time; not opened: {refused or 'none'}")
    return {"capacity": capacity, "unloaded": unloaded, "memory_before": before, "refused": refused, "storms": storms}


def _table_of_memory(before: Mapping[str, float], storms: Mapping[int, dict[str, Any]]) -> None:
    """Each storm against the one before it: the first one fills caches and starts threads."""
    at = [before, *(storm["memory"] for storm in storms.values())]
    report.table(
        f"Memory, MB, and how much more than before (wanted: ≤ {WANTED_GROWTH:.0%})",
        ("process", "before", *(f"after {factor}×" for factor in storms)),
        [
            (
                name,
                f"{before[name]:.0f}",
                *(f"{now[name]:.0f} {now[name] / was[name] - 1:+.1%}" for was, now in itertools.pairwise(at)),
            )
            for name in before
        ],
    )


async def _connected(stack: AsyncExitStack, addresses: Sequence[str]) -> tuple[list["_Student"], Counter[str]]:
    """Students with open sockets, and why others have none."""
    gate, students, refused = asyncio.Semaphore(CONNECTING), [], Counter[str]()

    async def one(address: str) -> None:
        async with gate:
            try:
                socket = await stack.enter_async_context(connect(address, max_size=None, proxy=None))
            except (OSError, WebSocketException, TimeoutError) as error:
                refused[type(error).__name__] += 1
            else:
                students.append(_Student(socket))

    await asyncio.gather(*(one(address) for address in addresses))
    return students, refused


async def _storm(students: Sequence["_Student"], rate: float) -> dict[str, Any]:
    """`rate` arrivals a second."""
    chance, free = Random(1), list(students)
    turns: list[Asked] = []
    lost: Counter[str] = Counter()

    async def one(student: "_Student") -> None:
        try:
            turns.append(await student.ask())
        except (WebSocketException, TimeoutError) as error:
            lost[type(error).__name__] += 1
        else:
            free.append(student)

    until = time.monotonic() + SECONDS
    async with asyncio.TaskGroup() as arrivals:
        while time.monotonic() < until:
            if free:
                arrivals.create_task(one(free.pop(0)))
            else:
                lost["nobody left to ask"] += 1
            await asyncio.sleep(chance.expovariate(rate))
    seen = [turn for turn in turns if turn.first_frame]
    return {
        "arrivals_a_second": rate,
        "let_in": len(seen),
        "refused": dict(Counter(turn.refused for turn in turns if turn.refused)),
        "lost": dict(lost),
        "first_frame_p95": report.p95([turn.first_frame - turn.let_in for turn in seen]),
        "waited_p95": report.p95([turn.let_in - turn.at for turn in seen]),
        # Each asks once, so nobody is passed: the own place only comes nearer. The first is the one before the line.
        "places_that_rose": sum(
            later > earlier for turn in turns for earlier, later in itertools.pairwise(turn.places[1:])
        ),
        "memory": memory(),
    }


class _Student:
    def __init__(self, socket: ClientConnection) -> None:
        self._socket = socket

    async def ask(self) -> Asked:
        async with asyncio.timeout(150):
            asked = Asked(at=time.time())
            await self._socket.send(json.dumps({"type": "text", "content": "What do plants need?"}))
            await _follow(self._socket, asked)
        return asked


async def _follow(socket: ClientConnection, asked: Asked) -> None:
    async for data in socket:
        if isinstance(data, bytes):
            asked.first_frame = asked.first_frame or time.time()
            continue
        message = json.loads(data)
        match message["type"], message.get("stage"):
            case "status", "queued":
                asked.let_in = time.time()
                asked.places.append(message["position"])
            case "error", _:
                asked.refused = message["code"]
                if message.get("turn_id") is None:
                    return
            case "done", _:
                asked.done = time.time()
                return
