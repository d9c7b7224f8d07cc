"""What a student has left and where he stands in the line, told over real processes."""

import asyncio

from tests.turn_path.client import Message, Socket, Student, queued
from tests.turn_path.conftest import Product
from tests.turn_path.engines import SAY


async def test_who_connects_is_told_what_he_has_left(alice: Student, session: Message, socket: Socket) -> None:
    limits = await socket.next_limits()

    assert (limits["type"], limits["mode"], limits["reason"], limits["message"]) == ("limits", "video", None, None)
    assert isinstance(limits["minutes_left"], int)


async def test_after_each_turn_he_is_told_again(socket: Socket) -> None:
    await socket.turn(f"{SAY}One.")

    after = await socket.next_limits()

    before = socket.limits[0]
    assert before is not after
    assert after["minutes_left"] <= before["minutes_left"]


async def test_when_all_places_are_taken_a_turn_waits_and_then_goes_on_by_itself(
    product: Product, alice: Student, bob: Student, charlie: Student
) -> None:
    """The language model's worker takes four at once: two of Alice, two of Bob."""
    product.close("llm")
    taken: list[tuple[Student, Message]] = []
    for student in (alice, bob):
        for _ in range(2):
            taken.append((student, await student.open_session(product.tutors["ada"])))
    for student, session in taken:
        async with student.socket(session) as socket:
            await socket.begin(f"{SAY}One.")

    async with charlie.socket(await charlie.open_session(product.tutors["ada"])) as waiting:
        await waiting.send("text", content=f"{SAY}At last.")
        came = await waiting.until(lambda message: queued(message) and bool(message["wait_ms"]))
        assert came[-1]["position"] == 0
        product.open("llm")
        messages = await waiting.until("done")

    assert [message["content"] for message in messages if message["type"] == "text"] == ["At last."]
    assert messages[-1]["interrupted"] is False


async def test_a_second_window_sees_a_turn_begin_that_was_asked_in_the_first(
    alice: Student, session: Message, socket: Socket
) -> None:
    async with alice.socket(session) as second:
        await socket.send("text", content=f"{SAY}One.")
        begun = await second.until("turn")
        await asyncio.gather(socket.until("done"), second.until("done"))

    assert begun[-1]["turn"]["user_text"] == f"{SAY}One."
    assert begun[-1]["turn"]["turn_id"] == begun[-1]["turn_id"]
