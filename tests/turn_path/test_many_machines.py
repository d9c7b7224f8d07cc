"""The product as on many machines: two web processes behind a proxy, Redis under Sentinels, PostgreSQL with a copy,
media in a bucket, traces to a collector."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import AsyncExitStack, ExitStack
from dataclasses import dataclass

import pytest
from pytest_django import Settings

from tests.bucket import Bucket, served
from tests.collector import Collector, collecting
from tests.replicated import Replicated, replicated
from tests.sentinels import watched
from tests.turn_path.balancer import balancer
from tests.turn_path.client import PATIENCE, Message, Student
from tests.turn_path.conftest import ENGINES, Product, running
from tests.turn_path.engines import REPLY, SAY
from tests.turn_path.school import STUDENTS
from tutor_site.supervisor import Supervisor, site_answers

Eventually = Callable[[Callable[[], bool]], None]


@dataclass
class Site:
    product: Product
    ports: tuple[int, int]
    redis: Supervisor
    database: Replicated
    bucket: Bucket
    collector: Collector


@pytest.fixture(scope="module")
def running_site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    home = tmp_path_factory.mktemp("tutor")
    with ExitStack() as stack:
        bucket, database = stack.enter_context(served()), stack.enter_context(replicated())
        collector = stack.enter_context(collecting())
        address, redis = stack.enter_context(watched(tmp_path_factory.mktemp("redis")))
        settings = {
            "REDIS_URL": address,
            "DATABASE_URL": database.url,
            "OTEL_EXPORTER_OTLP_ENDPOINT": collector.address,
            "OTEL_BSP_SCHEDULE_DELAY": "200",
            **bucket.environment,
        }
        with running(home, ENGINES, settings=settings) as product:
            yield Site(product, (product.stack.port, product.second_web()), redis, database, bucket, collector)


@pytest.fixture
def site(running_site: Site, settings: Settings) -> Iterator[Site]:
    with running_site.product.shares_redis(settings):
        yield running_site


@pytest.fixture
async def students(site: Site) -> AsyncIterator[list[Student]]:
    """All that they know is the proxy's address."""
    async with AsyncExitStack() as stack:
        address = await stack.enter_async_context(balancer(*site.ports))
        yield [await stack.enter_async_context(Student(address, site.product.tokens[name])) for name in STUDENTS]


async def test_what_is_kept_is_in_the_bucket_and_comes_back_by_our_own_addresses_alone(
    site: Site, students: list[Student], recording: str
) -> None:
    alice, bob, _ = students
    session = await alice.open_session(site.product.tutors["ada"])
    assert session["engine_url"].startswith(alice.base.replace("http", "ws"))
    async with alice.socket(session, "url") as socket:
        await socket.send("audio", data=recording)
        messages = await socket.until("done")
    assert (messages[-1]["degraded"], [m["content"] for m in messages if m["type"] == "text"]) == ([], [REPLY])
    (turn,) = await alice.transcript(session["session_id"])
    addresses = [turn["user_audio_url"]]
    for segment in turn["segments"]:
        addresses += [segment["audio_url"], segment["video_url"]]

    kept = site.bucket.keys()
    assert {address.partition("?")[0].removeprefix("/media/") for address in addresses} <= kept
    assert any(key.startswith("documents/plants/") for key in kept)
    assert any(key.startswith("avatars/avatar_tutor_13/") for key in kept)
    assert not list(site.product.stack.home.glob("media/*")), "nothing lies on the machine itself"
    for address in addresses:
        for port in site.ports:  # each web process has it
            assert len((await bob.get(f"http://127.0.0.1:{port}{address}")).content) > 100
        part = await alice.get(address, headers={"Range": "bytes=0-9"})
        assert (part.status_code, len(part.content)) == (206, 10)
        assert (await alice.get(address.partition("?")[0])).status_code == 403


async def test_a_turn_is_one_trace_through_the_socket_the_queues_and_all_processes(
    site: Site, students: list[Student], recording: str, eventually: Eventually
) -> None:
    session = await students[0].open_session(site.product.tutors["ada"])
    async with students[0].socket(session, "url") as socket:
        await socket.send("audio", data=recording)
        turn_id = (await socket.until("done"))[-1]["turn_id"]

    def of(process: str, work: str) -> bool:
        return (f"tutor-{process}", work) in site.collector.of_trace(turn_id)

    def all_told() -> bool:
        stages = {"asr": "transcribe", "default": "retrieve", "llm": "reply", "tts": "speak:0", "avatar": "animate:0"}
        at_the_socket = of("web", "turn") and of("web", "send VideoMessage") and of("web", "send DoneMessage")
        return at_the_socket and all(of(f"worker-{queue}", work) for queue, work in stages.items())

    await asyncio.to_thread(eventually, all_told)


async def test_the_redis_that_is_written_to_dies_in_the_middle_of_turns(
    site: Site,
    students: list[Student],
    at_work: Callable[[str, str], Awaitable[None]],
    eventually: Eventually,
) -> None:
    product = site.product
    sessions = [await student.open_session(product.tutors["ada"]) for student in students]
    another = await students[0].open_session(product.tutors["ada"])
    async with AsyncExitStack() as stack:
        late = await stack.enter_async_context(students[0].socket(another, "url"))
        sockets = [
            await stack.enter_async_context(student.socket(session, "stream"))
            for student, session in zip(students, sessions, strict=True)
        ]
        # One is being thought, its first segment is there; one is being drawn; one is being spoken.
        product.close("llm-rest")
        await sockets[0].begin("What do plants need?")
        await sockets[0].until("fragment")
        product.close("avatar-rest")
        await sockets[1].begin(f"{SAY}Plants need light.")
        await sockets[1].until("fragment")
        product.close("tts")
        await at_work(await sockets[2].begin(f"{SAY}Plants need air."), "speak:0")

        # With its machine goes the Sentinel that everybody asks first.
        for name in ("first", next(name for name in site.redis.names() if name.startswith("sentinel"))):
            site.redis.kill(name)
        await late.send("text", content=f"{SAY}Is anybody there?")
        for gate in ("llm-rest", "avatar-rest", "tts"):
            product.open(gate)

        await asyncio.gather(
            late.until(lambda message: message["type"] in ("error", "done"), 2 * PATIENCE),
            *(socket.until("done", 2 * PATIENCE) for socket in sockets),
        )
        for socket in (late, *sockets):
            told = [message for message in socket.messages if message["type"] in ("text", "error")]
            assert told, "a turn that ends without its reply says why"
            assert all(message["message"] for message in told if message["type"] == "error")

        def all_there() -> bool:
            return all(site_answers(f"http://127.0.0.1:{port}") is None for port in site.ports)

        await asyncio.to_thread(eventually, all_there)
        for socket in (late, *sockets):
            assert whole(await socket.turn(f"{SAY}Water comes from the soil."), "Water comes from the soil.")
    for student, session in zip(students, sessions, strict=True):
        async with student.socket(session, "url") as again:
            assert whole(await again.turn(f"{SAY}Roots take it in."), "Roots take it in.")
        ended = {turn["status"] for turn in await student.transcript(session["session_id"])}
        assert ended <= {"completed", "failed"}


async def test_the_database_that_is_written_to_dies_and_its_copy_takes_over(
    site: Site, students: list[Student]
) -> None:
    product, (alice, bob, _) = site.product, students
    sessions = [await student.open_session(product.tutors["ada"]) for student in (alice, bob)]
    deaths = product.deaths()
    async with alice.socket(sessions[0], "stream") as running, bob.socket(sessions[1], "url") as idle:
        assert whole(await idle.turn(f"{SAY}Plants need light."), "Plants need light.")
        product.close("llm-rest")
        await running.begin("What do plants need?")
        await running.until("fragment")

        site.database.kill()
        await idle.send("text", content=f"{SAY}Is anybody there?")
        refused = (await idle.until("error"))[-1]
        assert (refused["code"], refused["retryable"]) == ("unavailable", True)
        for port in site.ports:
            web = f"http://127.0.0.1:{port}"
            answer = await bob.get(f"{web}/api/student/sessions")
            assert (answer.status_code, answer.headers["X-Error-Code"]) == (503, "unavailable")
            assert answer.json() == {"detail": refused["message"]}
            assert "database" in (await bob.get(f"{web}/ready")).json()["missing"]
            assert (await bob.get(f"{web}/health")).status_code == 200
        product.open("llm-rest")
        await running.until("text")  # who is answered needs no database until the end

        site.database.promote()
        assert not (await running.until("done", 2 * PATIENCE))[-1]["degraded"]
        for socket in (running, idle):
            assert whole(await socket.turn(f"{SAY}Water comes from the soil."), "Water comes from the soil.")
    for student, session in zip((alice, bob), sessions, strict=True):
        assert {turn["status"] for turn in await student.transcript(session["session_id"])} == {"completed"}
    assert product.deaths() == deaths, "nothing had to be restarted"


async def test_a_bucket_that_is_away_costs_the_voice_and_no_word(site: Site, students: list[Student]) -> None:
    session = await students[0].open_session(site.product.tutors["ada"])
    async with students[0].socket(session, "url") as socket:
        site.bucket.stop()
        messages = await socket.turn(f"{SAY}Plants need light.", 2 * PATIENCE)

    assert [message["content"] for message in messages if message["type"] == "text"] == ["Plants need light."]
    assert messages[-1]["degraded"] == ["speech"]
    assert [message for message in messages if message["type"] == "error"] == []


def whole(messages: list[Message], reply: str) -> bool:
    said = [message["content"] for message in messages if message["type"] == "text"]
    return (messages[-1]["degraded"], said) == ([], [reply])
