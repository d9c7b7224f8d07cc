"""What the socket does beside passing on; all else of it is tested over real processes (tests/turn_path)."""

import asyncio
import contextlib
import json
import threading
from collections.abc import Iterator, Sequence
from typing import Any

import pytest
import redis as redis_library
from autobahn.exception import Disconnected
from channels.layers import get_channel_layer
from prometheus_client import REGISTRY
from redis.exceptions import ConnectionError as RedisGone

from gpu_tasks import turn_log
from gpu_tasks.connections import async_redis
from gpu_tasks.events import Delta, Event, Failed, Fragment, Slow, Status, TurnKey, Voiced
from gpu_tasks.news import group_of, group_of_student
from gpu_tasks.turn_log import News
from sessions_app.consumers import SessionConsumer
from sessions_app.delivery import Delivery, Outgoing
from sessions_app.floods import Messages
from sessions_app.line import Line
from sessions_app.outcome import Reached
from sessions_app.protocol import DeltaMessage


async def delivered(news: list[str], unfinished: list[str]) -> list[str]:
    """The order in which the pump turns to the turns of whom it had news."""
    consumer = SessionConsumer()
    consumer.session_id = "s1"
    consumer.deliveries = {turn_id: Delivery(turn_id, "stream") for turn_id in unfinished}
    consumer.news = asyncio.Queue()
    order: list[str] = []

    async def deliver(turn_id: str, told: Sequence[News]) -> None:
        order.append(turn_id)
        if turn_id == "fails":
            raise ValueError("one event that cannot be sent")
        if len(order) == len({*news, *unfinished}):
            raise asyncio.CancelledError

    consumer._deliver = deliver  # type: ignore[method-assign]
    for turn_id in news:
        consumer.news.put_nowait(News(turn_id))
    with contextlib.suppress(asyncio.CancelledError):
        await consumer._pump()
    return order


@pytest.mark.parametrize("news", [["old", "new"], ["new", "old"], ["new"], ["new", "new"]])
async def test_what_is_left_of_an_earlier_turn_goes_before_the_next(news: list[str]) -> None:
    assert await delivered(news, unfinished=["old"]) == ["old", "new"]


async def test_turns_that_begin_at_once_come_in_their_order() -> None:
    assert await delivered(["1", "2", "1", "3"], unfinished=[]) == ["1", "2", "3"]


async def test_a_turn_is_told_to_its_end_before_the_next_though_its_news_is_late(redis: "redis_library.Redis") -> None:
    consumer, sent = SessionConsumer(), []
    consumer.session_id, consumer.line, consumer.deliveries = "s1", Line(acknowledges=False), {}
    consumer.news = asyncio.Queue()
    word, end = Delta(content="a"), Failed(code="unavailable", retryable=True)

    async def send(outgoing: Outgoing, delivery: Delivery | None = None) -> None:
        assert delivery is not None
        sent.append((delivery.turn_id, outgoing.message.type))
        if delivery.turn_id == "new":
            raise asyncio.CancelledError

    consumer._send = send  # type: ignore[method-assign]
    for turn_id, event in (("old", word), ("old", end), ("new", Delta(content="b"))):
        turn: TurnKey = {"turn_id": turn_id, "session_id": "s1"}
        await asyncio.to_thread(turn_log.begin, turn, event, once=event.type)
    # The word was told, its end not yet; that the next has begun is known from its beginning.
    consumer.news.put_nowait(News("old", 0, [word.model_dump_json()]))
    consumer.news.put_nowait(News("new"))
    async with async_redis() as consumer.redis:
        with contextlib.suppress(asyncio.CancelledError):
            await consumer._pump()

    assert sent == [("old", "delta"), ("old", "error"), ("new", "delta")]


async def test_news_that_was_lost_is_looked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sessions_app.consumers.LOOK_AGAIN_SECONDS", 0)

    assert await delivered([], unfinished=["old"]) == ["old"]


async def test_a_delivery_that_fails_does_not_end_the_others(caplog: pytest.LogCaptureFixture) -> None:
    assert await delivered(["fails", "next"], unfinished=[]) == ["fails", "next"]
    assert "one event that cannot be sent" in caplog.text


@pytest.mark.parametrize("came", [0, 2])
async def test_nothing_is_left_of_a_channel_that_got_messages_at_the_end(
    redis: "redis_library.Redis", came: int
) -> None:
    consumer, layer = SessionConsumer(), get_channel_layer()
    consumer.channel_layer, consumer.channel_name = layer, await layer.new_channel()
    consumer.heard_groups = [group_of("s1"), group_of_student(1)]
    for group in consumer.heard_groups:
        await layer.group_add(group, consumer.channel_name)
    for _ in range(came):
        layer.channels[consumer.channel_name].put_nowait(layer.serialize({"type": "turn.news", "turn_id": "t1"}))

    await consumer._hear_no_more()

    assert (layer.channels, layer.groups) == ({}, {})
    assert redis.pubsub_channels() == []
    await layer.flush()


TURN: TurnKey = {"turn_id": "t1", "session_id": "s1"}


async def told(consumer: SessionConsumer, *events: Event) -> list[str]:
    """What a client is sent when these are written."""
    sent: list[str] = []

    async def send(outgoing: Outgoing, delivery: Delivery | None = None) -> None:
        sent.append(outgoing.message.type)

    consumer._send = send  # type: ignore[method-assign]
    for event in events:
        await asyncio.to_thread(turn_log.begin, TURN, event, once=str(event))
    async with async_redis() as consumer.redis:
        await consumer._deliver("t1")
    return sent


async def test_how_late_events_come_is_counted_of_those_that_are_shown(redis: "redis_library.Redis") -> None:
    def counted() -> float:
        return REGISTRY.get_sample_value("tutor_delivery_seconds_count") or 0.0

    consumer, before = SessionConsumer(), counted()
    consumer.line, consumer.deliveries = Line(acknowledges=False), {}

    await told(consumer, Voiced(segment=0, duration_ms=5), Delta(content="a"), Slow(), Delta(content="b"))

    assert counted() - before == 2


async def test_what_was_sent_of_a_reply_is_known(redis: "redis_library.Redis") -> None:
    consumer = SessionConsumer()
    consumer.line, consumer.deliveries, consumer.media = Line(acknowledges=False), {}, "stream"

    async def send(text_data: str | None = None, bytes_data: bytes | None = None) -> None:
        pass

    consumer.send = send  # type: ignore[method-assign]
    reached: list[Reached | None] = [consumer._reached("t1")]
    for event in (
        Delta(content="one two "),
        Fragment(segment=0, index=0, blob="b", content="one two", last=False),
    ):
        await asyncio.to_thread(turn_log.begin, TURN, event, once=str(event))
        async with async_redis() as consumer.redis:
            await consumer._deliver("t1")
        reached.append(consumer._reached("t1"))
    consumer.earlier = {"t1"}
    reached.append(consumer._reached("t1"))

    nothing, written, shown, unknown = reached
    assert nothing is None
    assert written == Reached(played_ms=0, signs=6)
    assert shown is not None
    assert shown.signs == 6
    assert consumer.deliveries["t1"]._playing_since is not None
    assert unknown is None


async def test_a_log_that_redis_has_lost_is_read_from_its_new_start(redis: "redis_library.Redis") -> None:
    consumer = SessionConsumer()
    consumer.line, consumer.deliveries = Line(acknowledges=False), {}
    before = await told(consumer, Status(stage="queued"), Status(stage="thinking"), Delta(content="a"))
    on = await told(consumer, Delta(content="b"))
    nothing = await told(consumer)
    redis.flushdb()
    lost = await told(consumer)

    after = await told(consumer, Failed(code="unavailable", retryable=True))

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
    redis: "redis_library.Redis", monkeypatch: pytest.MonkeyPatch, news: list[tuple[int, str]], looks: bool
) -> None:
    consumer = SessionConsumer()
    consumer.line, consumer.deliveries = Line(acknowledges=False), {}
    await told(consumer, Delta(content="a"))
    for letter in "bcd":
        await asyncio.to_thread(turn_log.append, TURN, Delta(content=letter))
    sent, read_from, looked = [], turn_log.read_from, False

    async def send(outgoing: Outgoing, delivery: Delivery | None = None) -> None:
        assert isinstance(outgoing.message, DeltaMessage)
        sent.append(outgoing.message.content)

    async def look(*args: Any) -> list[Event]:
        nonlocal looked
        looked = True
        return await read_from(*args)

    consumer._send = send  # type: ignore[method-assign]
    monkeypatch.setattr("gpu_tasks.turn_log.read_from", look)
    lines = [News("t1", first, [Delta(content=letter).model_dump_json() for letter in text]) for first, text in news]
    async with async_redis() as consumer.redis:
        await consumer._deliver("t1", lines)

    assert (sent, looked) == (["b", "c", "d"], looks)


@pytest.mark.parametrize(
    ("trouble", "after"), [(RedisGone("cut off"), ["status", "delta"]), (FileNotFoundError("0.wav"), ["delta"])]
)
async def test_what_cannot_be_fetched_is_sent_when_redis_is_back_and_else_passed_over(
    redis: "redis_library.Redis", trouble: Exception, after: list[str]
) -> None:
    consumer = SessionConsumer()
    consumer.session_id, consumer.line, consumer.deliveries = "s1", Line(acknowledges=False), {}
    sent: list[str] = []
    troubles = [trouble]

    async def send(outgoing: Outgoing, delivery: Delivery | None = None) -> None:
        if troubles:
            raise troubles.pop()
        sent.append(outgoing.message.type)

    consumer._send = send  # type: ignore[method-assign]
    for event in (Status(stage="thinking"), Delta(content="a")):
        await asyncio.to_thread(turn_log.begin, TURN, event, once=event.type)
    async with async_redis() as consumer.redis:
        with contextlib.suppress(RedisGone):
            await consumer._deliver("t1")
        assert consumer._unfinished() == ["t1"]
        await consumer._deliver("t1")

    assert sent == after


async def test_who_has_hung_up_in_the_middle_of_his_messages_is_no_error(caplog: pytest.LogCaptureFixture) -> None:
    consumer = SessionConsumer()
    consumer.session_id, consumer.messages, answered = "s1", Messages(), 0

    async def hung_up(message: object) -> None:
        nonlocal answered
        answered += 1
        raise Disconnected("Attempt to send on a closed protocol")

    consumer.base_send = hung_up
    for message in ('{"type": "ping"}', "not JSON"):
        await consumer.receive(text_data=message)

    assert (answered, caplog.text) == (2, "")


async def test_a_new_start_does_not_unmute_what_was_interrupted(redis: "redis_library.Redis") -> None:
    consumer = SessionConsumer()
    consumer.line, consumer.deliveries = Line(acknowledges=False), {}
    await told(consumer, Status(stage="queued"), Status(stage="thinking"))
    consumer.deliveries["t1"].mute()
    redis.flushdb()

    assert await told(consumer, Delta(content="a")) == []


async def test_a_stop_that_fails_costs_nothing_of_the_reply(
    redis: "redis_library.Redis", monkeypatch: pytest.MonkeyPatch
) -> None:
    asked, answer, fed = threading.Event(), threading.Event(), asyncio.Event()
    sent: list[str] = []

    class Fed(Delivery):
        def feed(self, event: Event) -> Iterator[Outgoing]:
            fed.set()
            return super().feed(event)

    consumer = SessionConsumer()
    consumer.session_id, consumer.line, consumer.messages = "s1", Line(acknowledges=False), Messages()
    consumer.deliveries = {"t1": Fed("t1", "inline")}

    def stop(*args: object) -> None:
        asked.set()
        answer.wait()
        raise RedisGone("cut off")

    async def send(text_data: str | None = None, bytes_data: bytes | None = None) -> None:
        sent.append(json.loads(text_data or "")["type"])

    monkeypatch.setattr("sessions_app.services.stop", stop)
    consumer.send = send  # type: ignore[method-assign]
    await asyncio.to_thread(turn_log.begin, TURN, Delta(content="a"), once="delta")
    stopping = asyncio.create_task(consumer.receive('{"type": "interrupt"}'))
    await asyncio.to_thread(asked.wait)
    async with async_redis() as consumer.redis:
        delivering = asyncio.create_task(consumer._deliver("t1"))
        await fed.wait()
        before = list(sent)
        answer.set()
        await asyncio.gather(stopping, delivering)

    assert before == []
    assert sorted(sent) == ["delta", "error"]
