import asyncio
from collections.abc import Callable
from typing import Any

import pytest
import redis as redis_library
from channels.layers import get_channel_layer

from gpu_tasks import turn_log
from gpu_tasks.connections import async_redis
from gpu_tasks.events import Delta, Done, Event, Fragment, Heard, TurnRef, Voiced
from gpu_tasks.news import group_of
from gpu_tasks.turn_log import TurnClosed

pytestmark = pytest.mark.usefixtures("begun")


def done(*, interrupted: bool = False) -> Done:
    return Done(interrupted=interrupted, degraded=[], timings={"total": 1}, stages={})


def contents(events: list[Event]) -> list[str]:
    return [event.content for event in events if isinstance(event, Delta | Heard)]


def test_events_are_read_in_the_order_they_were_written(turn: TurnRef) -> None:
    for word in ("Light ", "is ", "bright."):
        turn_log.append(turn, Delta(content=word))

    assert contents(turn_log.read("t1")) == ["Light ", "is ", "bright."]


def test_events_come_back_as_they_were(turn: TurnRef) -> None:
    event = Fragment(segment=2, index=0, blob="t1:2:0", content="你好", last=False)
    turn_log.append(turn, event)

    assert turn_log.read("t1")[1:] == [event]


def test_what_a_task_writes_once_is_there_once_however_often_it_runs(turn: TurnRef) -> None:
    turn_log.append(turn, Heard(content="the first time"), once="heard")
    turn_log.append(turn, Heard(content="the second time"), once="heard")
    turn_log.append(turn, Delta(content="something else"), once="delta")

    assert contents(turn_log.read("t1")) == ["the first time", "something else"]


def test_nothing_is_written_after_the_end(turn: TurnRef) -> None:
    turn_log.append(turn, Delta(content="a"))
    turn_log.close("s1", "t1", done())

    with pytest.raises(TurnClosed):
        turn_log.append(turn, Delta(content="b"))
    with pytest.raises(TurnClosed):
        turn_log.append(turn, Heard(content="b"), once="heard")

    assert [event.type for event in turn_log.read("t1")] == ["status", "delta", "done"]


def test_to_a_log_that_redis_has_lost_nothing_is_added(turn: TurnRef, redis: "redis_library.Redis") -> None:
    turn_log.append(turn, Delta(content="a"))
    redis.flushdb()

    with pytest.raises(TurnClosed):
        turn_log.append(turn, Delta(content="b"))
    turn_log.begin(turn, Delta(content="c"), once="again")
    turn_log.close("s1", "t1", done())

    assert [event.type for event in turn_log.read("t1")] == ["delta", "done"]


def test_only_the_first_end_counts(turn: TurnRef) -> None:
    turn_log.close("s1", "t1", done(interrupted=True))
    turn_log.close("s1", "t1", done(interrupted=False))

    _, end = turn_log.read("t1")
    assert isinstance(end, Done)
    assert end.interrupted


def test_a_turn_is_closed_when_it_has_been_closed(turn: TurnRef) -> None:
    turn_log.append(turn, Delta(content="a"))
    before = turn_log.is_closed("t1")

    turn_log.close("s1", "t1", done())

    assert (before, turn_log.is_closed("t1")) == (False, True)
    assert not turn_log.is_closed("t2")


def test_a_turn_that_is_closed_runs_no_more(turn: TurnRef, redis: "redis_library.Redis") -> None:
    redis.sadd(turn_log.RUNNING, "t1", "t2")

    turn_log.close("s1", "t1", done())

    assert redis.smembers(turn_log.RUNNING) == {b"t2"}


def test_bytes_in_flight_are_found_by_their_event(turn: TurnRef) -> None:
    event = Fragment(segment=0, index=0, blob="t1:0:0", content="a", last=True)
    turn_log.append_blob(turn, event.blob, b"\x00mp4", event, once="fragment:0:0")

    async def fetch() -> tuple[bytes | None, bytes | None]:
        async with async_redis() as client:
            return await turn_log.read_blob(client, "t1:0:0"), await turn_log.read_blob(client, "t1:0:1")

    assert asyncio.run(fetch()) == (b"\x00mp4", None)
    assert turn_log.read("t1")[1:] == [event]


def test_whoever_has_read_a_part_reads_on_from_there(turn: TurnRef) -> None:
    for word in "abcd":
        turn_log.append(turn, Delta(content=word))

    async def read_on() -> list[Event]:
        async with async_redis() as client:
            return await turn_log.read_from(client, "t1", 3)

    assert contents(asyncio.run(read_on())) == ["c", "d"]


def test_nothing_of_a_turn_stays_in_redis_for_ever(turn: TurnRef, redis: "redis_library.Redis") -> None:
    redis.sadd(turn_log.RUNNING, "t1")
    turn_log.append(turn, Delta(content="a"))
    turn_log.append(turn, Heard(content="b"), once="heard")
    event = Fragment(segment=0, index=0, blob="t1:0:0", content="a", last=True)
    turn_log.append_blob(turn, event.blob, b"mp4", event, once="fragment:0:0")
    turn_log.close("s1", "t1", done())

    lasting = [key for key in redis.scan_iter() if redis.ttl(key) == -1]
    assert lasting == []


async def told(*writes: Callable[[], None]) -> list[dict[str, Any]]:
    """What the session's sockets hear while that is written."""
    layer: Any = get_channel_layer()
    channel = await layer.new_channel()
    await layer.group_add(group_of("s1"), channel)
    for write in writes:
        await asyncio.to_thread(write)
    await layer.group_send(group_of("s1"), {"type": "that was all"})
    heard: list[dict[str, Any]] = []
    while not heard or heard[-1]["type"] != "that was all":
        heard.append(await asyncio.wait_for(layer.receive(channel), 10))
    await layer.flush()
    return heard[:-1]


def test_the_sessions_sockets_are_told_what_is_new_and_where_it_stands(turn: TurnRef) -> None:
    heard = Heard(content="a")

    news = asyncio.run(
        told(
            lambda: turn_log.append(turn, Delta(content="你好")),
            lambda: turn_log.append(turn, heard, once="heard"),
            lambda: turn_log.append(turn, heard, once="heard"),  # the same again is no news
            lambda: turn_log.close("s1", "t1", done()),
        )
    )

    assert {(each["type"], each["turn_id"]) for each in news} == {("turn.news", "t1")}
    assert [each["first"] for each in news] == [1, 2, 3]
    assert turn_log.parse([line for each in news for line in each["lines"]]) == turn_log.read("t1")[1:]


def test_what_no_client_sees_is_told_with_the_next_that_one_does(turn: TurnRef) -> None:
    voiced, fragment = Voiced(segment=0, duration_ms=5), Fragment(segment=0, index=0, blob="b", content="a", last=True)

    (news,) = asyncio.run(
        told(
            lambda: turn_log.append(turn, voiced, once="voiced:0"),
            lambda: turn_log.append_blob(turn, "b", b"mp4", fragment, once="fragment:0:0"),
        )
    )

    assert (news["first"], turn_log.parse(news["lines"])) == (1, [voiced, fragment])


def test_a_log_that_was_begun_anew_is_told_from_its_start(turn: TurnRef, redis: "redis_library.Redis") -> None:
    turn_log.append(turn, Delta(content="a"))
    redis.delete("turn:t1:log", "turn:t1:once")

    (news,) = asyncio.run(told(lambda: turn_log.begin(turn, Delta(content="b"), once="again")))

    assert (news["first"], turn_log.parse(news["lines"])) == (0, turn_log.read("t1"))
