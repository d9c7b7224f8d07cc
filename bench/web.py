"""The web process alone: how many sockets it holds, how late events are that workers write, and how much media it
passes on. Workers are played by a process of their own, students by this one."""

import asyncio
import json
import subprocess
import sys
import time
from collections.abc import Sequence
from contextlib import AsyncExitStack
from statistics import median
from typing import Any
from uuid import uuid4

import httpx
from websockets.asyncio.client import ClientConnection, connect

from bench import report
from bench.pretending import pretending
from bench.product import processes

SOCKETS = 1_000
AT_ONCE = 20
"""That are being opened."""
TURNS, SECONDS = 200, 15
EVENTS_A_SECOND, BYTES = 5, 15_000
"""Of a turn that runs: one piece of text and four fragments, some 60 KB/s of video."""
FILE_BYTES, FETCHES, READERS = 8_000_000, 60, 4


def run() -> dict[str, Any]:
    with pretending() as stack:
        return _measured(stack.base)


def _measured(base: str) -> dict[str, Any]:
    from accounts.models import User
    from sessions_app.models import Session, Tutor

    user, tutor = User.objects.get(email="student@example.com"), Tutor.objects.get(name="Ada")
    sessions = Session.objects.bulk_create(Session(student=user, tutor=tutor) for _ in range(SOCKETS))
    addresses = [_address(base, session.id, user.id) for session in sessions]
    results = {
        "sockets": asyncio.run(_sockets(addresses)),
        "events": asyncio.run(_events(addresses[:TURNS], [session.id for session in sessions[:TURNS]])),
        "media": asyncio.run(_media(base)),
    }
    rows = [(name, *row) for name, each in results.items() for row in each.items()]
    report.table("The web process alone", ("", "", ""), [(name, what, f"{value:.4g}") for name, what, value in rows])
    return results


def _address(base: str, session_id: str, user_id: int) -> str:
    from accounts import socket_tokens

    socket = base.replace("http", "ws", 1)
    return f"{socket}/ws/ws/{session_id}?token={socket_tokens.issue(session_id, user_id)}&media=stream"


async def _opened(
    stack: AsyncExitStack, addresses: Sequence[str], took: list[float] | None = None
) -> list[ClientConnection]:
    """`took`: gets the seconds until each session was told."""
    gate = asyncio.Semaphore(AT_ONCE)

    async def one(address: str) -> ClientConnection:
        async with gate:
            began = time.perf_counter()
            socket = await stack.enter_async_context(
                connect(address, max_size=None, compression=None, open_timeout=60, ping_interval=None)
            )
            assert json.loads(await socket.recv())["type"] == "session"
            if took is not None:
                took.append(time.perf_counter() - began)
            await socket.recv()  # what is left of the day
            return socket

    return await asyncio.gather(*(one(address) for address in addresses))


async def _sockets(addresses: Sequence[str]) -> dict[str, float]:
    web = processes()["web"]
    before = web.memory_info().rss
    async with AsyncExitStack() as stack:
        took: list[float] = []
        began = time.perf_counter()
        sockets = await _opened(stack, addresses, took)
        opening = time.perf_counter() - began
        kilobytes = (web.memory_info().rss - before) / len(sockets) / 1000
        pongs = []
        for socket in sockets:
            began = time.perf_counter()
            await socket.send('{"type":"ping"}')
            assert json.loads(await socket.recv())["type"] == "pong"
            pongs.append(1000 * (time.perf_counter() - began))
        web.cpu_percent()
        await asyncio.sleep(5)
        return {
            "open at once": len(sockets),
            "opened a second": len(sockets) / opening,
            "until the session is told, s, median": median(took),
            "until the session is told, s, p95": report.p95(took),
            "KB a socket": kilobytes,
            "an answer to ping, ms, median": median(pongs),
            "an answer to ping, ms, p95": report.p95(pongs),
            "% of a core while nothing happens": web.cpu_percent(),
        }


async def _events(addresses: Sequence[str], session_ids: Sequence[str]) -> dict[str, float]:
    late: list[float] = []
    came: list[float] = []
    web, media = processes()["web"], 0

    async def listen(socket: ClientConnection) -> None:
        nonlocal media
        while True:
            data = await socket.recv()
            now = time.time()
            if isinstance(data, bytes):
                media += len(data)
                late.append(1000 * (now - float(data[:20])))
                came.append(now)

    async with AsyncExitStack() as stack:
        sockets = await _opened(stack, addresses)
        listening = [asyncio.create_task(listen(socket)) for socket in sockets]
        web.cpu_percent()
        work = await asyncio.create_subprocess_exec(sys.executable, "-m", "bench.web", stdin=subprocess.PIPE)
        await work.communicate(json.dumps(list(session_ids)).encode())
        busy = web.cpu_percent()
        await asyncio.sleep(1)
        for task in listening:
            task.cancel()
    seconds = came[-1] - came[0]
    return {
        "turns that run": len(sockets),
        "fragments": len(late),
        "events a second": len(late) / (EVENTS_A_SECOND - 1) * EVENTS_A_SECOND / seconds,
        "late, ms, median": median(late),
        "late, ms, p95": report.p95(late),
        "MB/s of fragments": media / 1e6 / seconds,
        "% of a core": busy,
    }


async def _media(base: str) -> dict[str, float]:
    from gpu_tasks import media
    from sessions_app.media_urls import url

    key = media.save("bench/0.mp4", bytes(FILE_BYTES))
    address, web = f"{base}{url(key)}", processes()["web"]
    async with httpx.AsyncClient(timeout=60) as client:

        async def read() -> None:
            for _ in range(FETCHES // READERS):
                async with client.stream("GET", address) as answer:
                    assert sum([len(chunk) async for chunk in answer.aiter_raw(1 << 20)]) == FILE_BYTES

        web.cpu_percent()
        began = time.perf_counter()
        await asyncio.gather(*(read() for _ in range(READERS)))
        seconds = time.perf_counter() - began
    return {"MB/s of files": FILE_BYTES * FETCHES / 1e6 / seconds, "% of a core": web.cpu_percent()}


def work(session_ids: Sequence[str]) -> None:
    """The events of so many turns, evenly spread, each at its time. A fragment begins with when it was written."""
    import django

    django.setup()
    from gpu_tasks import turn_log
    from gpu_tasks.events import Delta, Fragment, Status, TurnKey

    turns: list[TurnKey] = [{"turn_id": uuid4().hex, "session_id": session_id} for session_id in session_ids]
    for turn in turns:
        turn_log.begin(turn, Status(stage="thinking"), once="thinking")
    gap, began = 1 / (EVENTS_A_SECOND * len(turns)), time.monotonic()
    for number in range(SECONDS * EVENTS_A_SECOND * len(turns)):
        time.sleep(max(0.0, began + number * gap - time.monotonic()))
        lap, which = divmod(number, len(turns))
        turn = turns[which]
        if lap % EVENTS_A_SECOND == 0:
            turn_log.append(turn, Delta(content="a few words "))
            continue
        blob = f"{turn['turn_id']}:0:{lap}"
        event = Fragment(segment=0, index=lap, blob=blob, content="" if lap == 1 else None, last=False)
        turn_log.append_blob(turn, blob, f"{time.time():<20.6f}".encode().ljust(BYTES), event, once=blob)


if __name__ == "__main__":
    work(json.loads(sys.stdin.read()))
