"""Who may connect, and what somebody gets who lost his connection."""

import time
from unittest.mock import patch
from urllib.parse import urlsplit

import pytest
from websockets.asyncio.client import connect
from websockets.exceptions import InvalidStatus

from accounts import socket_tokens
from gpu_tasks.connections import redis_client
from sessions_app.delivery import NOTHING
from sessions_app.models.sessions import new_id
from tests.turn_path.client import Message, Socket, Student
from tests.turn_path.conftest import Product
from tests.turn_path.engines import REPLY, SAY

ONE = f"{SAY}One two three four five six seven eight."


async def refused(address: str) -> int:
    """The HTTP status with which the hand-shake is refused."""
    with pytest.raises(InvalidStatus) as answer:
        async with connect(address, proxy=None):
            pass
    return answer.value.response.status_code


# The door


@pytest.mark.parametrize("query", ["", "?token=", "?token=garbage", "?token=a:b:c", "?token=%00", "?media=stream"])
async def test_without_a_good_token_nobody_comes_in(session: Message, query: str) -> None:
    assert await refused(session["engine_url"] + query) == 403


async def test_a_token_opens_no_other_session(product: Product, alice: Student, session: Message) -> None:
    other = await alice.open_session(product.tutors["ada"])

    assert await refused(f"{session['engine_url']}?token={other['engine_token']}") == 403


async def test_an_expired_token_opens_nothing(alice: Student, session: Message) -> None:
    with patch("time.time", return_value=time.time() - 3600):
        old = socket_tokens.issue(session["session_id"], alice.user["id"])

    assert await refused(f"{session['engine_url']}?token={old}") == 403


async def test_a_token_for_somebody_else_opens_nothing(charlie: Student, session: Message) -> None:
    theirs = socket_tokens.issue(session["session_id"], charlie.user["id"])

    assert await refused(f"{session['engine_url']}?token={theirs}") == 403


async def test_an_access_token_is_no_socket_token(product: Product, session: Message) -> None:
    assert await refused(f"{session['engine_url']}?token={product.tokens['alice']['access']}") == 403


async def test_a_session_that_does_not_exist_has_no_socket(alice: Student, session: Message) -> None:
    missing = new_id()
    token = socket_tokens.issue(missing, alice.user["id"])

    assert await refused(f"{session['engine_url'].rpartition('/')[0]}/{missing}?token={token}") == 403


async def test_an_ended_session_has_no_socket(alice: Student, session: Message) -> None:
    await alice.end_session(session["session_id"])

    assert await refused(f"{session['engine_url']}?token={session['engine_token']}") == 403


async def test_a_session_that_ends_tells_its_sockets_and_closes_them(
    product: Product, alice: Student, session: Message, socket: Socket
) -> None:
    product.close("llm")
    await socket.begin("What do plants need?")

    await alice.end_session(session["session_id"])

    told = await socket.until("error")
    assert told[-1]["code"] == "session_ended"
    await socket.connection.wait_closed()
    assert socket.connection.close_code == 4001


async def test_what_we_do_not_know_of_an_address_is_ignored(session: Message) -> None:
    address = f"{session['engine_url']}?token={session['engine_token']}&media=hologram&x=1"

    async with connect(address, proxy=None) as connection:
        socket = Socket(connection)
        assert (await socket.receive())["type"] == "session"
        messages = await socket.turn(ONE)
    assert [message["video"] is not None for message in messages if message["type"] == "video"] == [True]


async def test_the_address_is_on_the_host_that_was_called(product: Product, session: Message) -> None:
    assert urlsplit(session["engine_url"]).netloc == urlsplit(product.base).netloc


# What is told on connecting


async def test_who_connects_is_told_whom_he_meets(product: Product, alice: Student, session: Message) -> None:
    async with alice.socket(session) as socket:
        (hello,) = socket.messages

    assert (hello["type"], hello["session_id"], hello["status"]) == ("session", session["session_id"], "active")
    assert (hello["tutor"]["id"], hello["tutor"]["name"]) == (product.tutors["ada"], "Ada")
    assert hello["avatar"]["avatar_id"] == "avatar_tutor_13"
    assert (hello["turns"], hello["running_turn_id"]) == ([], None)


async def test_who_connects_again_is_told_all_that_was_said(alice: Student, session: Message, socket: Socket) -> None:
    await socket.turn("What do plants need?")
    await socket.connection.close()

    async with alice.socket(session) as again:
        (hello,) = again.messages
        nothing_more = await again.silent()

    assert hello["turns"] == await _as_told(alice, session)
    assert (hello["turns"][0]["reply_text"], hello["running_turn_id"]) == (REPLY, None)
    assert nothing_more


async def _as_told(student: Student, session: Message) -> list[Message]:
    """The transcript with the addresses of media as they were signed at another moment."""
    async with student.socket(session) as socket:
        turns: list[Message] = socket.messages[0]["turns"]
    shown = await student.transcript(session["session_id"])
    assert [{**turn, "segments": None} for turn in turns] == [{**turn, "segments": None} for turn in shown]
    return turns


@pytest.mark.parametrize("media", ["inline", "stream"])
async def test_who_lost_his_connection_in_mid_turn_gets_the_whole_turn_again(
    product: Product, alice: Student, session: Message, media: str
) -> None:
    product.close("avatar-rest")
    async with alice.socket(session, media) as lost:
        await lost.send("text", content=ONE)
        await lost.until("text")
        turn_id = lost.messages[-1]["turn_id"]
        lost.connection.transport.abort()

    async with alice.socket(session, media) as again:
        (hello,) = again.messages
        product.open("avatar-rest")
        messages = await again.until("done")

    assert hello["running_turn_id"] == turn_id
    assert hello["turns"][-1]["status"] in ("thinking", "speaking")
    kinds = [message["type"] for message in messages]
    assert (messages[0]["type"], messages[0]["turn"]["turn_id"]) == ("turn", turn_id)
    assert (messages[1]["type"], messages[1]["stage"]) == ("status", "queued")
    assert kinds.count("text") == kinds.count("done") == 1
    pictures = [message for message in messages if message["type"] in ("fragment", "video")]
    assert pictures[0]["content"] == ONE.removeprefix(SAY)
    assert pictures[0]["segment"] == 0
    if media == "stream":
        assert [picture["index"] for picture in pictures] == list(range(len(pictures)))
        assert pictures[-1]["last"]
    assert {message["turn_id"] for message in messages} == {turn_id}


async def test_a_fragment_whose_bytes_are_lost_has_its_frame(
    product: Product, alice: Student, session: Message, stream: Socket
) -> None:
    product.close("avatar-rest")
    await stream.send("text", content=ONE)
    await stream.until("fragment")
    redis_client().delete(*redis_client().scan_iter("blob:*"))

    async with alice.socket(session, "stream") as late:
        early = await late.until("fragment")
        product.open("avatar-rest")
        rest = await late.until("done")

    assert early[-1]["bytes"] == NOTHING
    assert len([message for message in rest if message["type"] == "fragment"][-1]["bytes"]) > len(NOTHING)


async def test_two_windows_of_one_student_see_the_same(alice: Student, session: Message, socket: Socket) -> None:
    async with alice.socket(session) as second:
        here = await socket.turn("What do plants need?")
        there = await second.until("done")

    assert here == there


async def test_a_turn_goes_on_while_its_student_is_away(product: Product, alice: Student, session: Message) -> None:
    product.close("llm")
    async with alice.socket(session) as socket:
        turn_id = await socket.begin(ONE)
    product.open("llm")

    async with alice.socket(session) as again:
        if again.messages[0]["running_turn_id"]:
            await again.until("done")

    (turn,) = await alice.transcript(session["session_id"])
    assert (turn["turn_id"], turn["status"]) == (turn_id, "completed")
