"""With the face, spoken only or written only, as the student chose; what he chose not to have is not missing."""

import pytest

from tests.turn_path.client import Message, Socket, Student
from tests.turn_path.conftest import Product
from tests.turn_path.engines import REPLY


def stages_of(messages: list[Message]) -> set[str]:
    return {name.partition(":")[0] for name in messages[-1]["stages"]}


@pytest.mark.parametrize("media", ["inline", "url", "stream"])
async def test_a_reply_that_is_spoken_only_has_sound_and_no_picture(
    alice: Student, session: Message, media: str
) -> None:
    async with alice.socket(session, media) as socket:
        messages = await socket.turn("What do plants need?", mode="voice")

    segments = [message for message in messages if message["type"] == "video"]
    assert " ".join(segment["content"] for segment in segments) == REPLY
    for segment in segments:
        assert segment["audio"] if media == "inline" else segment["audio_url"]
        assert (segment["video"], segment["video_url"]) == (None, None)
    assert not any(message["type"] == "fragment" for message in messages)
    assert (messages[-1]["degraded"], messages[-1]["degraded_reason"]) == ([], None)
    assert stages_of(messages) == {"retrieve", "reply", "speak"}
    assert [message["stage"] for message in messages if message["type"] == "status"][-1] == "speaking"


async def test_a_reply_that_is_written_only_is_nothing_but_text(
    alice: Student, session: Message, stream: Socket
) -> None:
    messages = await stream.turn("What do plants need?", mode="text")

    assert [message["content"] for message in messages if message["type"] == "text"] == [REPLY]
    assert {message["type"] for message in messages} == {"turn", "status", "delta", "text", "done"}
    assert (messages[-1]["degraded"], messages[-1]["degraded_reason"]) == ([], None)
    assert stages_of(messages) == {"retrieve", "reply"}
    (turn,) = await alice.transcript(session["session_id"])
    assert (turn["status"], turn["reply_text"], turn["segments"]) == ("completed", REPLY, [])


async def test_of_a_written_reply_that_is_stopped_all_that_stood_there_is_kept(
    product: Product, alice: Student, session: Message, stream: Socket
) -> None:
    product.close("llm-rest")
    await stream.send("text", content="What do plants need?", mode="text")
    read = ""
    while not read.endswith("The"):  # where the model holds on
        read += (await stream.until("delta"))[-1]["content"]

    await stream.send("interrupt", heard_ms=0)
    await stream.until("done")

    (turn,) = await alice.transcript(session["session_id"])
    assert (turn["status"], turn["reply_text"]) == ("interrupted", read.strip())
    assert read.strip()


async def test_a_mode_there_is_not_is_refused(stream: Socket) -> None:
    await stream.send("text", content="What do plants need?", mode="hologram")

    assert (await stream.receive())["code"] == "invalid_message"
