"""Two web processes on one Redis and one database, as behind a proxy; and a restart of everything, one by one, while
students talk."""

import asyncio
import dataclasses
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AsyncExitStack
from pathlib import Path

import pytest
from pytest_django import Settings
from websockets.exceptions import ConnectionClosed, InvalidHandshake

from gpu_tasks import worker
from tests.environment import REPOSITORY
from tests.turn_path.client import Message, Socket, Student
from tests.turn_path.conftest import ENGINES, Product, running
from tests.turn_path.engines import SAY
from tutor_site.draining import COME_BACK
from tutor_site.supervisor import site_answers, workers_file

# One that can do everything, for the time in which another one is restarted.
SPARE = """
[[workers]]
name = "spare"
queues = ["asr", "llm", "tts", "avatar", "default"]
concurrency = 4
database = true
"""
Eventually = Callable[[Callable[[], bool]], None]


@dataclasses.dataclass
class Site:
    product: Product
    addresses: tuple[str, str]


@pytest.fixture(scope="module")
def running_site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    home = tmp_path_factory.mktemp("site")
    workers = home / "workers.toml"
    workers.write_text(workers_file(REPOSITORY, "cpu").read_text() + SPARE)
    with running(_empty(home), ENGINES, workers) as product:
        yield Site(product, (product.base, f"http://127.0.0.1:{product.second_web()}"))


def _empty(home: Path) -> Path:
    place = home / "tutor"
    place.mkdir()
    return place


@pytest.fixture
def site(running_site: Site, settings: Settings) -> Iterator[Site]:
    with running_site.product.shares_redis(settings):
        yield running_site


@pytest.fixture
async def at_both(site: Site) -> AsyncIterator[tuple[Student, Student]]:
    """Alice, as she reaches each of the two."""
    async with AsyncExitStack() as stack:
        one, other = [
            await stack.enter_async_context(Student(address, site.product.tokens["alice"]))
            for address in site.addresses
        ]
        yield one, other


def through(address: str, session: Message) -> Message:
    """The same session, its socket at another web process."""
    _, _, rest = str(session["engine_url"]).split("://")[-1].partition("/")
    return {**session, "engine_url": f"{address.replace('http', 'ws')}/{rest}"}


async def test_a_socket_at_one_web_process_hears_what_is_done_at_the_other(
    site: Site, at_both: tuple[Student, Student]
) -> None:
    one, other = at_both
    session = await one.open_session(site.product.tutors["ada"])

    async with one.socket(session, "url") as here, other.socket(through(site.addresses[1], session), "url") as there:
        said = await here.turn(f"{SAY}Plants need light.")
        heard = await there.until("done")
        assert [m["content"] for m in heard if m["type"] == "text"] == ["Plants need light."]
        video = next(m for m in said if m["type"] == "video")
        answer = await other.get(video["video_url"], headers={"Range": "bytes=0-9"})
        assert (answer.status_code, len(answer.content)) == (206, 10)

        await other.end_session(session["session_id"])
        for socket in (here, there):
            with pytest.raises(ConnectionClosed):
                await socket.until(lambda message: False)


class Talker:
    """Asks one question after the other, on whichever web process takes him, until he is told to stop."""

    def __init__(self, people: tuple[Student, Student], addresses: tuple[str, str], session: Message) -> None:
        self.people, self.addresses, self.session = people, addresses, session
        self.enough = asyncio.Event()
        self.ended: list[Message] = []
        self.told = 0
        self._at = 0

    async def talk(self) -> None:
        asked = ""
        while not self.enough.is_set() or asked:
            session = through(self.addresses[self._at], self.session)
            try:
                async with self.people[self._at].socket(session, "url") as socket:
                    while not self.enough.is_set() or asked:
                        asked = asked or await socket.begin(f"{SAY}Plants need light, water and air.")
                        await self._hear_out(socket, asked)
                        asked = ""
            except ConnectionClosed as gone:
                self.told += gone.rcvd is not None and gone.rcvd.code == COME_BACK
                self._at = 1 - self._at
            except (InvalidHandshake, OSError, EOFError):  # it takes nobody any more, or not yet
                self._at = 1 - self._at

    async def _hear_out(self, socket: Socket, turn_id: str) -> None:
        """Also of a turn that went on while the socket was away; it may be over by now."""
        hello = socket.messages[0]
        over = [turn for turn in hello["turns"] if turn["turn_id"] == turn_id and turn["status"] == "completed"]
        if over:
            self.ended.append({"turn_id": turn_id, "degraded": over[0]["degraded"], "errors": []})
            return
        messages = await socket.until(lambda message: message["type"] == "done" and message["turn_id"] == turn_id)
        errors = [message for message in messages if message["type"] == "error"]
        self.ended.append({"turn_id": turn_id, "degraded": messages[-1]["degraded"], "errors": errors})


@pytest.mark.engines  # restarts every process of the product, one after the other
async def test_a_rolling_restart_costs_no_turn(
    site: Site, at_both: tuple[Student, Student], eventually: Eventually, capsys: pytest.CaptureFixture[str]
) -> None:
    processes = site.product.processes
    sessions = [await at_both[0].open_session(site.product.tutors["ada"]) for _ in range(2)]
    talkers = [Talker(at_both, site.addresses, session) for session in sessions]
    talking = [asyncio.create_task(talker.talk()) for talker in talkers]

    def all_there() -> bool:
        answered = all(site_answers(address) is None for address in site.addresses)
        return answered and all(worker.alive(queue) == 2 for queue in ("asr", "llm", "tts", "avatar", "default"))

    await asyncio.to_thread(eventually, all_there)
    for name in processes.names():
        if name == "redis":
            continue
        before = processes.pid(name)
        assert before is not None
        processes.renew(name)
        await asyncio.to_thread(processes.wait_restarted, name, after=before, timeout=60)
        await asyncio.to_thread(eventually, all_there)
    for talker in talkers:
        talker.enough.set()
    await asyncio.gather(*talking)

    turns = [turn for talker in talkers for turn in talker.ended]
    with capsys.disabled():
        print(f"\n{len(turns)} turns while every process was restarted")  # noqa: T201
    assert len(turns) > 5
    assert [turn for turn in turns if turn["errors"] or turn["degraded"]] == []
    assert sum(talker.told for talker in talkers) >= 1
    kept = [turn for session in sessions for turn in await at_both[0].transcript(session["session_id"])]
    assert [turn for turn in kept if turn["status"] not in ("completed", "interrupted")] == []
