"""What can happen to the processes, and in which order it does."""

import asyncio
import contextlib
import itertools
import json
import os
import signal
import sqlite3
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass
from functools import partial
from random import Random
from typing import Any

import redis

from tests.chaos.product import Product

Trouble = Callable[[Product], AbstractAsyncContextManager[None]]
WORKERS = ("worker-asr", "worker-llm", "worker-tts", "worker-avatar", "worker-default")


@dataclass(frozen=True, slots=True)
class Kind:
    name: str
    trouble: Trouble
    """Entered, the fault is there; left, it is lifted."""
    longest: float
    """Seconds."""


@dataclass(frozen=True, slots=True)
class Planned:
    kind: Kind
    pause: float
    holds: float


@asynccontextmanager
async def killed(product: Product, name: str) -> AsyncIterator[None]:
    with contextlib.suppress(ProcessLookupError):
        product.processes.kill(name)
    yield


@asynccontextmanager
async def stopped(product: Product, name: str) -> AsyncIterator[None]:
    pid = None
    with contextlib.suppress(ProcessLookupError):
        pid = product.processes.kill(name, signal.SIGSTOP)
    try:
        yield
    finally:
        if pid is not None:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(pid, signal.SIGCONT)


@asynccontextmanager
async def restarted_redis(product: Product, with_data: bool) -> AsyncIterator[None]:
    if with_data:
        product.redis.save()
    else:
        (product.home / "redis" / "dump.rdb").unlink(missing_ok=True)
    product.processes.kill("redis")
    yield


@asynccontextmanager
async def full_redis(product: Product) -> AsyncIterator[None]:
    product.redis.config_set("maxmemory", 1)
    try:
        yield
    finally:
        product.redis.config_set("maxmemory", 0)


@asynccontextmanager
async def full_store(product: Product, how: str) -> AsyncIterator[None]:
    (product.trouble / how).touch()
    try:
        yield
    finally:
        (product.trouble / how).unlink()


@asynccontextmanager
async def wrong_clock(product: Product, name: str, seconds: float) -> AsyncIterator[None]:
    file = product.trouble / f"clock {name}"
    file.write_text(str(seconds))
    try:
        yield
    finally:
        file.unlink()


@asynccontextmanager
async def cut_off(product: Product, name: str) -> AsyncIterator[None]:
    product.proxies[name].cut()
    try:
        yield
    finally:
        product.proxies[name].heal()


@asynccontextmanager
async def stalled(product: Product, name: str) -> AsyncIterator[None]:
    product.proxies[name].stall()
    try:
        yield
    finally:
        product.proxies[name].heal()


@asynccontextmanager
async def slow(product: Product) -> AsyncIterator[None]:
    for proxy in product.proxies.values():
        proxy.delay = 0.1
    try:
        yield
    finally:
        for proxy in product.proxies.values():
            proxy.heal()


@asynccontextmanager
async def locked_database(product: Product) -> AsyncIterator[None]:
    if product.postgres is None:
        connection: Any = sqlite3.connect(
            product.home / "tutor.sqlite3", timeout=20, isolation_level=None, check_same_thread=False
        )
        statements = ["BEGIN EXCLUSIVE"]
    else:
        import psycopg

        connection = psycopg.connect(host=str(product.home / "postgres"), user="postgres", dbname="postgres")
        statements = ["LOCK TABLE sessions_app_turn, sessions_app_session IN ACCESS EXCLUSIVE MODE"]
    for statement in statements:
        await asyncio.to_thread(connection.execute, statement)
    try:
        yield
    finally:
        connection.rollback()
        connection.close()


@asynccontextmanager
async def restarted_database(product: Product) -> AsyncIterator[None]:
    server = product.postgres
    pid = int((product.home / "postgres" / "postmaster.pid").read_text().split()[0])
    os.kill(pid, signal.SIGQUIT)  # at once, without a last write
    for _ in range(200):
        try:
            os.kill(pid, 0)
        except ProcessLookupError:
            break
        await asyncio.sleep(0.05)
    await asyncio.to_thread(server.ensure_postgres_running)
    yield


@asynccontextmanager
async def delivered_again(product: Product, late: bool) -> AsyncIterator[None]:
    """Every task that a worker takes meanwhile comes a second time: at once, or when it is long done."""
    over = asyncio.Event()
    copying = asyncio.create_task(_copy(product.redis, over, late))
    try:
        yield
    finally:
        over.set()
        await copying


async def _copy(client: "redis.Redis", over: asyncio.Event, late: bool) -> None:
    taken: dict[bytes, bytes] = {}

    def send(packed: bytes) -> None:
        message, _, queue = json.loads(packed)
        client.lpush(queue, json.dumps(message))

    while not over.is_set():
        unacknowledged: dict[bytes, bytes] = await asyncio.to_thread(client.hgetall, "unacked")  # type: ignore[arg-type]
        for tag, packed in unacknowledged.items():
            if tag not in taken and not late:
                send(packed)
            taken[tag] = packed
        await asyncio.sleep(0.02)
    if late:
        for packed in taken.values():
            send(packed)


def kinds(database: str) -> list[Kind]:
    processes = ("web", "llm-server", *WORKERS)
    found = [
        *(Kind(f"{name} killed", partial(killed, name=name), 0) for name in processes),
        *(Kind(f"{name} stopped", partial(stopped, name=name), 6) for name in (*processes, "redis")),
        *(Kind(f"{name} cut off from Redis", partial(cut_off, name=name), 6) for name in ("web", *WORKERS)),
        *(Kind(f"{name} hears nothing of Redis", partial(stalled, name=name), 6) for name in ("web", *WORKERS)),
        *(
            Kind(f"{name}'s clock jumps by {by} s", partial(wrong_clock, name=name, seconds=by), 4)
            for name, by in (("web", 40), ("worker-tts", -40), ("worker-llm", 40), ("worker-default", -40))
        ),
        Kind("slow network", slow, 4),
        Kind("Redis restarted with its data", partial(restarted_redis, with_data=True), 0),
        Kind("Redis restarted without its data", partial(restarted_redis, with_data=False), 0),
        Kind("Redis full", full_redis, 4),
        Kind("media store full", partial(full_store, how="full"), 4),
        Kind("media store read-only", partial(full_store, how="read-only"), 4),
        Kind("tasks delivered twice", partial(delivered_again, late=False), 4),
        Kind("tasks delivered late again", partial(delivered_again, late=True), 4),
        Kind("database locked", locked_database, 4),
    ]
    return [*found, Kind("database restarted", restarted_database, 0)] if database == "postgres" else found


def schedule(seed: int, count: int, of: list[Kind]) -> list[Planned]:
    """Each kind once, in an order by the seed, then each once more …"""
    chance = Random(f"faults {seed}")

    def forever() -> Iterator[Kind]:
        while True:
            yield from chance.sample(of, len(of))

    return [
        Planned(kind, chance.uniform(0.2, 1.5), chance.uniform(min(1, kind.longest), kind.longest))
        for kind in itertools.islice(forever(), count)
    ]
