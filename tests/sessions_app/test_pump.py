"""Whatever news is lost, late or told twice, a client gets each turn in its order."""

import asyncio
import contextlib
import json
import threading
from collections.abc import AsyncIterator, Iterable, Iterator, Sequence
from typing import Any

import pytest
import redis as redis_library
from prometheus_client import REGISTRY
from redis.exceptions import ConnectionError as RedisGone

from gpu_tasks import turn_log
from gpu_tasks.events import Delta, Event, Failed, Fragment, Slow, Status, TurnKey, Voiced
from gpu_tasks.turn_log import News
from sessions_app.consumers import SessionConsumer
from sessions_app.delivery import Delivery, MediaMode, Outgoing
from sessions_app.floods import Messages
from sessions_app.line import Line
from sessions_app.outcome import Reached
from sessions_app.pump import Pump


class Client:
    """What it is sent, and the pump that sends it."""

    def __init__(self, media: MediaMode = "stream") -> None:
        self.sent: list[dict[str, Any]] = []
        self.pump = Pump("s1", media, Line(acknowledges=False), send=self.send, ended=self.ended)

    async def send(self, *, text_data: str | None = None, bytes_data: bytes | None = None) -> None:
        if text_data:
            self.sent.append(json.loads(text_data))

    async def ended(self) -> None:
        pass

    def got(self, what: str = "type") -> list[str]:
        """Since it was asked last."""
        found = [message[what] for message in self.sent]
        self.sent.clear()
        return found


@pytest.fixture
async def client(redis: "redis_library.Redis") -> AsyncIterator[Client]:
    made = Client()
    yield made
    await made.pump.close()


async def write(*events: Event, turn_id: str = "t1") -> None:
    turn: TurnKey = {"turn_id": turn_id, "session_id": "s1"}
    for event in events:
        await asyncio.to_thread(turn_log.begin, turn, event, once=str(event))


async def delivered(client: Client, news: list[str], unfinished: Iterable[str] = ()) -> list[str]:
    """The order in which the pump turns to the turns of whom it had news."""
    pump, order = client.pump, []
    pump._deliveries = {turn_id: Delivery(turn_id, "stream") for turn_id in unfinished}

    async def deliver(turn_id: str, told: Sequence[News]) -> None:
        order.append(turn_id)
        if turn_id == "fails":
            raise ValueError("one event that cannot be sent")
        if len(order) == len({*news, *unfinished}):
            raise asyncio.CancelledError

    pump._deliver = deliver  # type: ignore[method-assign]
    for turn_id in news:
        pump.hear(News(turn_id))
    with contextlib.suppress(asyncio.CancelledError):
        await pump.run()
    return order


@pytest.mark.parametrize("news", [["old", "new"], ["new", "old"], ["new"], ["new", "new"]])
async def test_what_is_left_of_an_earlier_turn_goes_before_the_next(client: Client, news: list[str]) -> None:
    assert await delivered(client, news, unfinished=["old"]) == ["old", "new"]


async def test_turns_that_begin_at_once_come_in_their_order(client: Client) -> None:
    assert await delivered(client, ["1", "2", "1", "3"]) == ["1", "2", "3"]


async def test_a_turn_is_told_to_its_end_before_the_next_though_its_news_is_late(client: Client) -> None:
    word, sent = Delta(content="a"), []

    async def send(outgoing: Outgoing, delivery: Delivery) -> None:
        sent.append((delivery.turn_id, outgoing.message.type))
        if delivery.turn_id == "new":
            raise asyncio.CancelledError

    client.pump._send = send  # type: ignore[method-assign]
    await write(word, Failed(code="unavailable", retryable=True), turn_id="old")
    await write(Delta(content="b"), turn_id="new")
    # The word was told, its end not yet; that the next has begun is known from its beginning.
    client.pump.hear(News("old", 0, [word.model_dump_json()]))
    client.pump.begins("new")
    with contextlib.suppress(asyncio.CancelledError):
        await client.pump.run()

    assert sent == [("old", "delta"), ("old", "error"), ("new", "delta")]


async def test_news_that_was_lost_is_looked_for(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sessions_app.pump.LOOK_AGAIN_SECONDS", 0)

    assert await delivered(client, [], unfinished=["old"]) == ["old"]


async def test_a_delivery_that_fails_does_not_end_the_others(client: Client, caplog: pytest.LogCaptureFixture) -> None:
    assert await delivered(client, ["fails", "next"]) == ["fails", "next"]
    assert "one event that cannot be sent" in caplog.text


async def test_how_late_events_come_is_counted_of_those_that_are_shown(client: Client) -> None:
    def counted() -> float:
        return REGISTRY.get_sample_value("tutor_delivery_seconds_count") or 0.0

    before = counted()
    client.pump._connected_at = 0
    await write(Voiced(segment=0, duration_ms=5), Delta(content="a"), Slow(), Delta(content="b"))

    await client.pump._deliver("t1")

    assert counted() - before == 2


async def test_what_was_sent_of_a_reply_is_known(client: Client) -> None:
    pump = client.pump
    reached: list[Reached | None] = [pump.reached("t1")]
    for event in (
        Delta(content="one two "),
        Fragment(segment=0, index=0, blob="b", content="one two", last=False),
    ):
        await write(event)
        await pump._deliver("t1")
        reached.append(pump.reached("t1"))
    pump.go_on_from(["t1"], running="t1")
    reached.append(pump.reached("t1"))

    nothing, written, shown, unknown = reached
    assert nothing is None
    assert written == Reached(played_ms=0, signs=6)
    assert shown is not None
    assert shown.signs == 6
    assert pump._deliveries["t1"]._playing_since is not None
    assert unknown is None


async def test_a_log_that_redis_has_lost_is_read_from_its_new_start(
    client: Client, redis: "redis_library.Redis"
) -> None:
    async def told(*events: Event) -> list[str]:
        await write(*events)
        await client.pump._deliver("t1")
        return client.got()

    before = await told(Status(stage="queued"), Status(stage="thinking"), Delta(content="a"))
    on = await told(Delta(content="b"))
    nothing = await told()
    redis.flushdb()
    lost = await told()

    after = await told(Failed(code="unavailable", retryable=True))

    assert (before, on, nothing, lost) == (["status", "status", "delta"], ["delta"], [], [])
    assert after == ["error"]


@pytest.mark.parametrize(
    ("news", "looks"),
    [
        ([(1, "b"), (2, "cd")], False),
        ([(1, "bcd")], False),
        ([(2, "cd")], True),  # something between was lost
        ([(1, "b"), (3, "d")], True),
        ([(0, "a"), (1, "bcd")], True),  # what is known already is told again
        ([(0, "")], True),
        ([], True),
    ],
)
async def test_the_log_is_read_only_for_what_was_not_told(
    client: Client, monkeypatch: pytest.MonkeyPatch, news: list[tuple[int, str]], looks: bool
) -> None:
    read_from, looked = turn_log.read_from, False

    async def look(*args: Any) -> list[Event]:
        nonlocal looked
        looked = True
        return await read_from(*args)

    await write(Delta(content="a"))
    await client.pump._deliver("t1")
    await write(*(Delta(content=letter) for letter in "bcd"))
    monkeypatch.setattr("gpu_tasks.turn_log.read_from", look)
    lines = [News("t1", first, [Delta(content=letter).model_dump_json() for letter in text]) for first, text in news]

    await client.pump._deliver("t1", lines)

    assert (client.got("content"), looked) == (["a", "b", "c", "d"], looks)


@pytest.mark.parametrize(
    ("trouble", "after"), [(RedisGone("cut off"), ["status", "delta"]), (FileNotFoundError("0.wav"), ["delta"])]
)
async def test_what_cannot_be_fetched_is_sent_when_redis_is_back_and_else_passed_over(
    client: Client, trouble: Exception, after: list[str]
) -> None:
    send, troubles = client.pump._send, [trouble]

    async def first_fail(outgoing: Outgoing, delivery: Delivery) -> None:
        if troubles:
            raise troubles.pop()
        await send(outgoing, delivery)

    client.pump._send = first_fail  # type: ignore[method-assign]
    await write(Status(stage="thinking"), Delta(content="a"))
    with contextlib.suppress(RedisGone):
        await client.pump._deliver("t1")
    assert client.pump._unfinished() == ["t1"]
    await client.pump._deliver("t1")

    assert client.got() == after


async def test_a_new_start_does_not_unmute_what_was_interrupted(client: Client, redis: "redis_library.Redis") -> None:
    await write(Status(stage="queued"), Status(stage="thinking"))
    await client.pump._deliver("t1")
    client.got()
    client.pump._deliveries["t1"].mute()
    redis.flushdb()

    await write(Delta(content="a"))
    await client.pump._deliver("t1")

    assert client.got() == []


async def test_a_stop_that_fails_costs_nothing_of_the_reply(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    asked, answer, fed = threading.Event(), threading.Event(), asyncio.Event()

    class Fed(Delivery):
        def feed(self, event: Event) -> Iterator[Outgoing]:
            fed.set()
            return super().feed(event)

    def stop(*args: object) -> None:
        asked.set()
        answer.wait()
        raise RedisGone("cut off")

    monkeypatch.setattr("sessions_app.services.stop", stop)
    consumer = SessionConsumer()
    consumer.session_id, consumer.messages, consumer.pump = "s1", Messages(), client.pump
    consumer.send = client.send  # type: ignore[method-assign]
    client.pump._deliveries = {"t1": Fed("t1", "inline")}
    await write(Delta(content="a"))
    stopping = asyncio.create_task(consumer.receive('{"type": "interrupt"}'))
    await asyncio.to_thread(asked.wait)
    delivering = asyncio.create_task(client.pump._deliver("t1"))
    await fed.wait()
    before = client.got()
    answer.set()
    await asyncio.gather(stopping, delivering)

    assert before == []
    assert sorted(client.got()) == ["delta", "error"]
