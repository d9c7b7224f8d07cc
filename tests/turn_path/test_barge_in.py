"""The student interrupts: the tutor stops at once, and only what was heard stays in the transcript."""

from collections.abc import Awaitable, Callable

import pytest

from gpu_tasks import ledger
from tests.turn_path.client import Message, Socket, Student, queued
from tests.turn_path.conftest import Product
from tests.turn_path.engines import SAY

AtWork = Callable[[str, str], Awaitable[None]]
TWO = "One two three four five six. Seven eight nine ten eleven twelve."


def of_turn(messages: list[Message], turn_id: str) -> list[Message]:
    return [message for message in messages if message.get("turn_id") == turn_id]


@pytest.mark.parametrize("gate", ["embedding", "llm", "llm-rest", "tts", "avatar", "avatar-end"])
async def test_an_interrupted_turn_ends_whatever_stage_is_at_it(product: Product, stream: Socket, gate: str) -> None:
    product.close(gate)
    turn_id = await stream.begin(f"{SAY}{TWO}")
    if gate in ("llm-rest", "avatar-end"):
        await stream.until("fragment")

    await stream.send("interrupt")

    ended = await stream.until("done")
    assert (ended[-1]["turn_id"], ended[-1]["interrupted"]) == (turn_id, True)
    product.open(gate)
    assert await stream.silent()
    assert (await stream.turn(f"{SAY}And on."))[-1]["interrupted"] is False
    assert of_turn(stream.messages[stream.messages.index(ended[-1]) + 1 :], turn_id) == []


async def test_a_spoken_turn_is_interrupted_too(
    product: Product, socket: Socket, recording: str, at_work: AtWork
) -> None:
    product.close("asr")
    await socket.send("audio", data=recording)
    turn_id = (await socket.until(queued))[-1]["turn_id"]
    await at_work(turn_id, "transcribe")

    await socket.send("interrupt")

    assert (await socket.until("done"))[-1]["interrupted"] is True
    product.open("asr")
    assert await socket.silent()


async def test_workers_of_an_interrupted_turn_are_free_for_the_next(product: Product, stream: Socket) -> None:
    """The face would be drawn for ever, were it not told that nobody looks any more."""
    product.close("avatar-end")
    for _ in range(3):  # more turns than the avatar worker has threads
        await stream.send("text", content=f"{SAY}{TWO}")
        await stream.until("fragment")
        await stream.send("interrupt")
        await stream.until("done")
    product.open("avatar-end")

    assert (await stream.turn(f"{SAY}And on."))[-1]["degraded"] == []


async def test_a_new_question_interrupts_the_running_turn_first(product: Product, stream: Socket) -> None:
    product.close("avatar-end")
    old = await stream.begin(f"{SAY}{TWO}")
    await stream.until("fragment")

    await stream.send("text", content=f"{SAY}Something else.")

    before = await stream.until(queued)
    new = before[-1]["turn_id"]
    assert new != old
    assert [message["interrupted"] for message in before if message["type"] == "done"] == [True]
    product.open("avatar-end")
    after = await stream.until("done")
    assert of_turn(after, old) == []
    assert after[-1]["turn_id"] == new
    assert [message["content"] for message in after if message["type"] == "text"] == ["Something else."]


async def test_a_recording_interrupts_the_running_turn_first(product: Product, stream: Socket, recording: str) -> None:
    product.close("llm")
    old = await stream.begin("What do plants need?")

    await stream.send("audio", data=recording)

    before = await stream.until(queued)
    assert of_turn(before, old)[-1]["type"] == "done"
    product.open("llm")
    assert of_turn(await stream.until("done"), old) == []


async def test_the_transcript_keeps_only_what_was_heard(
    product: Product, alice: Student, session: Message, stream: Socket
) -> None:
    product.close("llm-rest")
    await stream.send("text", content=f"{SAY}{TWO} Thirteen fourteen fifteen sixteen.")
    fragments = await stream.until(lambda message: message["type"] == "fragment" and message["last"])
    assert fragments[-1]["segment"] == 0

    await stream.send("interrupt", heard_ms=750)  # of the 1,550 ms that the fake voice takes for six words

    await stream.until("done")
    (turn,) = await alice.transcript(session["session_id"])
    assert (turn["status"], turn["reply_text"]) == ("interrupted", "One two three")


async def test_what_was_not_heard_is_not_remembered(product: Product, alice: Student, session: Message) -> None:
    product.close("llm")
    async with alice.socket(session) as socket:
        await socket.begin("What do plants need?")
        await socket.send("interrupt")
        await socket.until("done")

    (turn,) = await alice.transcript(session["session_id"])
    assert (turn["status"], turn["reply_text"], turn["segments"]) == ("interrupted", "", [])


async def test_where_nothing_runs_an_interruption_is_no_fault(socket: Socket) -> None:
    await socket.send("interrupt")

    assert await socket.silent()


async def test_what_was_heard_to_its_end_cannot_be_interrupted(
    alice: Student, session: Message, socket: Socket
) -> None:
    await socket.turn(f"{SAY}One.")
    await socket.send("interrupt", heard_ms=60_000)

    assert await socket.silent()
    (turn,) = await alice.transcript(session["session_id"])
    assert turn["status"] == "completed"


async def test_an_interrupted_turn_leaves_no_work_behind(
    product: Product, stream: Socket, eventually: Callable[[Callable[[], bool]], None]
) -> None:
    product.close("avatar-end")
    turn_id = await stream.begin(f"{SAY}{TWO}")
    await stream.until("fragment")
    await stream.send("interrupt")
    await stream.until("done")

    # Nobody renews the leases of what is not done any more.
    eventually(lambda: not any(each.held for each in ledger.open_items(turn_id)))
