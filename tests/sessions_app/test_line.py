"""How much is under way to a slow browser is bounded, by what it tells."""

import asyncio

import pytest

from sessions_app import line
from sessions_app.line import UNACKNOWLEDGED, Line


def test_who_acknowledges_nothing_at_all_is_not_judged() -> None:
    silent = Line(acknowledges=False)
    silent.send(10 * UNACKNOWLEDGED)

    assert silent.most() == "video"


def test_first_the_picture_goes_and_the_voice_when_nothing_arrives() -> None:
    slow = Line(acknowledges=True)
    slow.send(UNACKNOWLEDGED)
    at_the_limit = slow.most()
    slow.send(1_000)
    nothing_came = slow.most()
    slow.arrived(10)
    some_came = slow.most()
    no_more_came = slow.most()
    slow.arrived(5_000)

    assert [at_the_limit, nothing_came, some_came, no_more_came] == ["video", "text", "voice", "text"]
    assert slow.most() == "video"


def test_nobody_can_have_received_more_than_was_sent_nor_less_than_before() -> None:
    boastful = Line(acknowledges=True)
    boastful.arrived(100 * UNACKNOWLEDGED)
    boastful.send(UNACKNOWLEDGED + 1)
    assert boastful.most() != "video"
    boastful.arrived(UNACKNOWLEDGED)
    boastful.arrived(0)

    assert boastful.most() == "video"


async def test_a_fast_line_that_was_given_much_at_once_has_a_moment_to_say_so(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(line, "PATIENCE", 30)
    fast = Line(acknowledges=True)
    fast.send(2 * UNACKNOWLEDGED)
    waiting = asyncio.create_task(fast.room())
    await asyncio.sleep(0)
    assert not waiting.done()

    fast.arrived(2 * UNACKNOWLEDGED)
    await waiting

    assert fast.most() == "video"


async def test_a_slow_line_is_not_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(line, "PATIENCE", 0)
    slow = Line(acknowledges=True)
    slow.send(2 * UNACKNOWLEDGED)

    await slow.room()

    assert slow.most() == "text"
