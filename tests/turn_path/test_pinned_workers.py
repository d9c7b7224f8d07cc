"""Two workers of one stage, each on a card of its own: real processes, pretended cards."""

from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import AsyncExitStack

import pytest
from pytest_django import Settings

from gpu_tasks import memory, worker
from tests.cards import pretend_cards
from tests.turn_path.client import Message, Socket, Student
from tests.turn_path.conftest import ENGINES, Product, running

AtWork = Callable[[str, str], Awaitable[None]]
WORKERS = """
[[workers]]
name = "llm-0"
queues = ["llm"]
gpu = 0
memory = "6 GB"

[[workers]]
name = "llm-1"
queues = ["llm"]
gpu = 1
memory = "6 GB"

[[workers]]
name = "tts"
queues = ["tts"]
gpu = 1
memory = "2 GB"

[[workers]]
name = "asr"
queues = ["asr", "avatar"]

[[workers]]
name = "default"
queues = ["default"]
database = true
"""


@pytest.fixture(scope="module")
def pinned(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Product]:
    home = tmp_path_factory.mktemp("pinned")
    workers = home / "workers.toml"
    workers.write_text(WORKERS)
    engines = {**ENGINES, "llm": "tests.turn_path.pinned.PinnedChat", "tts": "tests.turn_path.pinned.FullVoice"}
    cards = pretend_cards(home / "bin", 20000, 20000)
    with running(home, engines, workers, path=cards) as product:
        yield product


@pytest.fixture
def product(pinned: Product, settings: Settings, eventually: Callable[[Callable[[], bool]], None]) -> Iterator[Product]:
    with pinned.shares_redis(settings):
        pinned.wait_ready()
        eventually(lambda: worker.alive("llm") == 2)
        yield pinned
        for gate in pinned.gates.iterdir():
            gate.unlink()
        pinned.processes.restart = True


@pytest.fixture
async def sockets(product: Product, people: dict[str, Student]) -> AsyncIterator[list[Socket]]:
    """Of two students, each in a session of his own."""
    async with AsyncExitStack() as stack:
        sockets = []
        for name in ("alice", "bob"):
            session = await people[name].open_session(product.tutors["ada"])
            sockets.append(await stack.enter_async_context(people[name].socket(session, "stream")))
        yield sockets


def reply(messages: list[Message]) -> str:
    return next(str(message["content"]) for message in messages if message["type"] == "text")


async def ask_both(sockets: list[Socket], at_work: AtWork) -> None:
    """With the gate closed, each of the two workers is then at one of the replies."""
    for socket in sockets:
        await at_work(await socket.begin("Where do you think?"), "reply")


async def test_each_worker_sees_its_own_card_alone(product: Product, sockets: list[Socket], at_work: AtWork) -> None:
    product.close("llm")
    await ask_both(sockets, at_work)
    product.open("llm")

    replies = [reply(await socket.until("done")) for socket in sockets]

    assert sorted(replies) == ["I think on card 0.", "I think on card 1."]
    about = {each.name.partition("@")[0]: each.gpu for each in worker.registry("llm")}
    assert about == {"worker-llm-0": "0", "worker-llm-1": "1"}


async def test_the_work_of_a_killed_worker_moves_to_the_other_card(
    product: Product, sockets: list[Socket], at_work: AtWork
) -> None:
    product.processes.restart = False
    product.close("llm")
    await ask_both(sockets, at_work)

    product.processes.kill("worker-llm-0")
    product.open("llm")
    ends = [await socket.until("done") for socket in sockets]

    assert [reply(messages) for messages in ends] == ["I think on card 1."] * 2
    assert [messages[-1]["degraded"] for messages in ends] == [[], []]


async def test_a_worker_that_is_told_to_end_finishes_what_it_is_at_and_takes_nothing_new(
    product: Product,
    sockets: list[Socket],
    people: dict[str, Student],
    at_work: AtWork,
    eventually: Callable[[Callable[[], bool]], None],
) -> None:
    product.processes.restart = False
    product.close("llm")
    await ask_both(sockets, at_work)
    deaths = product.processes.deaths("worker-llm-0")

    product.processes.kill("worker-llm-0", 15)
    eventually(lambda: [each.gpu for each in worker.registry("llm")] == ["1"])
    assert product.processes.pid("worker-llm-0")
    session = await people["charlie"].open_session(product.tutors["ada"])
    async with people["charlie"].socket(session, "stream") as late:
        await late.begin("Where do you think?")
        product.open("llm")
        ends = [await socket.until("done") for socket in (*sockets, late)]

    assert sorted(reply(messages) for messages in ends[:2]) == ["I think on card 0.", "I think on card 1."]
    assert reply(ends[2]) == "I think on card 1."
    assert [messages[-1]["degraded"] for messages in ends] == [[], [], []]
    eventually(lambda: product.processes.deaths("worker-llm-0") == deaths + 1)
    assert product.processes.log("worker-llm-0").read_text().splitlines()[-1].endswith("exited with status 0")


async def test_a_worker_whose_card_stays_full_degrades_its_turns_and_is_started_anew(
    product: Product, sockets: list[Socket], eventually: Callable[[Callable[[], bool]], None]
) -> None:
    alice, _ = sockets
    before = product.processes.pid("worker-tts")
    assert before is not None
    product.close("room")

    degraded = [(await alice.turn("Where do you think?"))[-1]["degraded"] for _ in range(memory.LIMIT)]

    assert degraded == [["speech", "video"]] * memory.LIMIT or degraded == [["speech"]] * memory.LIMIT
    product.open("room")
    product.processes.wait_restarted("worker-tts", after=before, timeout=30)
    eventually(lambda: [each.pid for each in worker.registry("tts")] == [product.processes.pid("worker-tts")])
    assert (await alice.turn("Where do you think?"))[-1]["degraded"] == []
