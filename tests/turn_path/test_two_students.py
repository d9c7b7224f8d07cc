"""Two students at once: neither gets a frame, a word or a media file of the other."""

import asyncio
from contextlib import AsyncExitStack

import pytest

from tests.turn_path.client import Message, Socket, Student
from tests.turn_path.conftest import Product
from tests.turn_path.engines import SAY

ALICES = "Apples are red. Apples are round. Apples are sweet."
BOBS = "Birds can fly. Birds can sing. Birds have feathers."


def words_of(messages: list[Message]) -> str:
    return " ".join(str(message.get("content") or "") for message in messages)


def blobs_of(messages: list[Message]) -> set[bytes | str]:
    values = [message.get(key) for message in messages for key in ("bytes", "video", "audio")]
    return {value for value in values if value}


@pytest.mark.parametrize("media", ["inline", "url", "stream"])
async def test_each_gets_his_own_turn_and_nothing_else(
    product: Product, alice: Student, bob: Student, media: str
) -> None:
    async with AsyncExitStack() as stack:
        sockets: list[Socket] = []
        for student in (alice, bob):
            session = await student.open_session(product.tutors["ada"])
            sockets.append(await stack.enter_async_context(student.socket(session, media)))
        turns = await asyncio.gather(
            *(socket.turn(f"{SAY}{said}") for socket, said in zip(sockets, (ALICES, BOBS), strict=True))
        )
        assert await sockets[0].silent()
        assert await sockets[1].silent()

    for messages, own, other in ((turns[0], "Apples", "Birds"), (turns[1], "Birds", "Apples")):
        assert own in words_of(messages)
        assert other not in words_of(messages)
        assert len({message["turn_id"] for message in messages}) == 1
        assert messages[-1]["degraded"] == []
    assert turns[0][-1]["turn_id"] != turns[1][-1]["turn_id"]
    if media != "url":
        assert blobs_of(turns[0])


async def test_many_at_once_all_get_their_answer(product: Product, alice: Student, bob: Student) -> None:
    async def meet(student: Student, number: int) -> str:
        session = await student.open_session(product.tutors["ada"])
        async with student.socket(session, "stream") as socket:
            messages = await socket.turn(f"{SAY}This is answer {number}.")
        assert messages[-1]["degraded"] == []
        return words_of([message for message in messages if message["type"] == "text"])

    answers = await asyncio.gather(*(meet(student, number) for number in range(4) for student in (alice, bob)))

    assert sorted(answers) == sorted([f"This is answer {number}." for number in range(4)] * 2)


async def test_nobody_opens_the_media_of_another(
    product: Product, alice: Student, bob: Student, charlie: Student
) -> None:
    sessions = [await student.open_session(product.tutors["ada"]) for student in (alice, bob)]
    videos: list[Message] = []
    for student, session in zip((alice, bob), sessions, strict=True):
        async with student.socket(session, "url") as socket:
            videos.append(next(m for m in await socket.turn(f"{SAY}Hello.") if m["type"] == "video"))
    (alices, _), (_, bobs_token) = (video["video_url"].split("?token=") for video in videos)

    assert (await bob.get(f"{alices}?token={bobs_token}")).status_code == 403
    assert (await charlie.get(alices)).status_code == 403
    assert (await alice.get(videos[0]["video_url"])).status_code == 200


async def test_charlie_gets_nothing_of_alices_session(
    charlie: Student, bob: Student, session: Message, socket: Socket
) -> None:
    await socket.turn(f"{SAY}Hello.")

    for path in ("", "/turns"):
        assert (await charlie.get(f"/api/student/sessions/{session['session_id']}{path}")).status_code == 404
    assert session["session_id"] not in (await charlie.get("/api/student/sessions")).text
    assert session["session_id"] not in (await bob.get("/api/student/sessions")).text
