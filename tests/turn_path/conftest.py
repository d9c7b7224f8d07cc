"""The real processes (Redis, web, one worker per stage) with fake engines, for all tests of a turn's path."""

import asyncio
import base64
import json
import os
import subprocess
import sys
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Mapping
from contextlib import AsyncExitStack, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from types import MappingProxyType

import httpx
import pytest
from pytest_django import Settings

from gpu_tasks import ledger
from gpu_tasks.audio import wav_bytes
from gpu_tasks.connections import redis_client
from gpu_tasks.engines.tts.fake import FakeVoice
from tests.environment import REPOSITORY, SERVICE_KEY
from tests.turn_path.client import Message, Socket, Student
from tests.turn_path.school import PASSWORD, STUDENTS
from tutor_site.supervisor import (
    Stack,
    Supervisor,
    free_port,
    port_is_taken,
    read_workers,
    site_answers,
    web_command,
    workers_file,
)

READY_WITHIN = 120.0
ENGINES = {
    "asr": "tests.turn_path.engines.Hearing",
    "llm": "tests.turn_path.engines.Chat",
    "tts": "tests.turn_path.engines.Voice",
    "avatar": "tests.turn_path.engines.Face",
    "embedding": "tests.turn_path.engines.Embedding",
}


METRICS_TOKEN = "metrics-of-the-tests"


def free_ports(number: int) -> int:
    """The first of so many in a row."""
    while True:
        first = free_port()
        if not any(port_is_taken("127.0.0.1", first + index) for index in range(number)):
            return first


@dataclass
class Product:
    stack: Stack
    processes: Supervisor
    gates: Path
    tutors: dict[str, int]
    tokens: dict[str, Message]

    @property
    def base(self) -> str:
        return self.stack.base

    def close(self, gate: str) -> None:
        (self.gates / gate).touch()

    def open(self, gate: str) -> None:
        (self.gates / gate).unlink(missing_ok=True)

    def deaths(self) -> dict[str, int]:
        return {name: self.processes.deaths(name) for name in self.processes.names()}

    def wait_ready(self) -> None:
        self.processes.wait_ready(self.stack.answers, timeout=READY_WITHIN)

    def second_web(self) -> int:
        """Start one more web process. Returns its port when it answers."""
        port = free_port()
        command = web_command(REPOSITORY, self.stack.environment, host="127.0.0.1", port=port)
        self.processes.add(replace(command, name="web-2"))
        self.processes.wait_ready(lambda: site_answers(f"http://127.0.0.1:{port}"), timeout=READY_WITHIN)
        return port

    @contextmanager
    def shares_redis(self, settings: Settings) -> Iterator[None]:
        """With the tests' own process."""
        settings.REDIS_URL = self.stack.redis_url
        _forget_redis()
        yield
        _forget_redis()


def _forget_redis() -> None:
    redis_client.cache_clear()
    ledger._script.cache_clear()


@contextmanager
def running(
    home: Path,
    engines: dict[str, str],
    workers: Path | None = None,
    path: str = "",
    settings: Mapping[str, str] = MappingProxyType({}),
) -> Iterator[Product]:
    """`engines` are made with the folder of their gates. `path`: what is found before the machine's own programs."""
    gates = home / "gates"
    for folder in (gates, home / "static"):
        folder.mkdir()
    stages = {stage: {"ENGINE": engine, "OPTIONS": {"gates": str(gates)}} for stage, engine in engines.items()}
    environ = {
        **{key: os.environ[key] for key in ("HOME", "LANG") if key in os.environ},
        "PATH": f"{path}{os.pathsep}{os.environ['PATH']}",
        "TUTOR_MODE": "demo",
        "STAGES": json.dumps(stages),
        "ENGINE_API_KEY": SERVICE_KEY,
        "LOG_FORMAT": "json",
        "METRICS_TOKEN": METRICS_TOKEN,
        "METRICS_PORT": str(free_ports(len(read_workers(workers or workers_file(REPOSITORY, "cpu"))))),
        # However slow the machine is, a reply comes with everything.
        "SESSIONS_AT_ONCE": "0",
        **dict.fromkeys(("QUEUE_VOICE_SECONDS", "QUEUE_TEXT_SECONDS", "QUEUE_SECONDS"), "600"),
        "LLM_URL": "http://127.0.0.1:9/v1",  # nobody asks it, and no model of our own is started
        **settings,
    }
    stack = Stack(home=home, root=REPOSITORY, port=free_port(), environ=environ, workers=workers)
    # What the school itself needs is ready while the workers start.
    with Supervisor(stack.engines(), logs=home / "logs") as processes:
        school = subprocess.run(
            [sys.executable, "-m", "tests.turn_path.school"],
            cwd=REPOSITORY,
            env=stack.environment,
            check=True,
            capture_output=True,
            text=True,
        )
        processes.add(*stack.site())
        processes.wait_ready(stack.answers, timeout=READY_WITHIN)
        with httpx.Client(base_url=stack.base, trust_env=False, timeout=30) as client:
            tokens = {
                name: client.post("/api/auth/login", json={"email": f"{name}@example.org", "password": PASSWORD}).json()
                for name in STUDENTS
            }
        yield Product(stack, processes, gates, json.loads(school.stdout), tokens)


@pytest.fixture(scope="session")
def running_product(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Product]:
    with running(tmp_path_factory.mktemp("tutor"), ENGINES) as product:
        yield product


@pytest.fixture
def product(running_product: Product, settings: Settings) -> Iterator[Product]:
    """With all gates open and all workers there; our own Redis client is the product's."""
    with running_product.shares_redis(settings):
        running_product.wait_ready()
        # Nobody has sent anything or opened a session yet.
        for pattern in ("student:*", "*:rate:*"):
            for key in redis_client().scan_iter(pattern):
                redis_client().delete(key)
        yield running_product
        for gate in running_product.gates.iterdir():
            gate.unlink()
        running_product.processes.restart = True


@pytest.fixture
async def people(product: Product) -> AsyncIterator[dict[str, Student]]:
    async with AsyncExitStack() as stack:
        yield {
            name: await stack.enter_async_context(Student(product.base, tokens))
            for name, tokens in product.tokens.items()
        }


@pytest.fixture
def alice(people: dict[str, Student]) -> Student:
    return people["alice"]


@pytest.fixture
def bob(people: dict[str, Student]) -> Student:
    return people["bob"]


@pytest.fixture
def charlie(people: dict[str, Student]) -> Student:
    return people["charlie"]


@pytest.fixture
async def session(product: Product, alice: Student) -> Message:
    """Alice's, with Ada."""
    return await alice.open_session(product.tutors["ada"])


@pytest.fixture
async def socket(alice: Student, session: Message) -> AsyncIterator[Socket]:
    """Alice's, with pictures and sound inside the messages."""
    async with alice.socket(session) as socket:
        yield socket


@pytest.fixture
async def stream(alice: Student, session: Message) -> AsyncIterator[Socket]:
    async with alice.socket(session, "stream") as socket:
        yield socket


@pytest.fixture(scope="session")
def recording() -> str:
    """Some seconds that are loud enough to be heard, as a client sends them."""
    speech = FakeVoice().speak("What do plants need", voice="tone")
    return base64.b64encode(wav_bytes(speech.pcm, speech.sample_rate)).decode()


@pytest.fixture
def at_work(
    eventually: Callable[[Callable[[], bool]], None],
) -> Callable[[str, str], Awaitable[None]]:
    """Wait until a worker is at a piece of a turn's work."""

    async def wait(turn_id: str, item: str) -> None:
        def begun() -> bool:
            return any(each.entry.item == item and each.held for each in ledger.open_items(turn_id))

        await asyncio.to_thread(eventually, begun)

    return wait
