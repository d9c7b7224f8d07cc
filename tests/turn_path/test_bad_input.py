"""Whatever a client sends: a clear `error`, the socket lives, the next turn works, and no worker died."""

import asyncio
import base64
import io
import json
from collections.abc import AsyncIterator, Callable
from contextlib import suppress
from functools import cache
from typing import Any

import av
import numpy as np
import pytest
from websockets.exceptions import ConnectionClosed

from gpu_tasks.audio import wav_bytes
from tests.turn_path.client import Message, Socket, Student
from tests.turn_path.conftest import Product
from tests.turn_path.engines import SAY


@pytest.fixture
async def unharmed(product: Product, socket: Socket) -> AsyncIterator[Socket]:
    """A socket on which, after the test, everything works as before."""
    deaths = product.deaths()
    yield socket
    assert await socket.lives()
    messages = await socket.turn(f"{SAY}All is well.")
    assert [message["content"] for message in messages if message["type"] == "text"] == ["All is well."]
    assert messages[-1]["degraded"] == []
    assert product.deaths() == deaths


def text(content: Any, **more: Any) -> str:
    return json.dumps({"type": "text", "content": content, **more})


def audio(data: bytes) -> str:
    return json.dumps({"type": "audio", "data": base64.b64encode(data).decode()})


def wav(seconds: float, loudness: float, rate: int = 8_000) -> bytes:
    tone = np.sin(2 * np.pi * 220 * np.arange(round(seconds * rate)) / rate) * loudness
    return wav_bytes(np.round(tone * 32767).astype(np.int16), rate)


@cache
def two_hours() -> bytes:
    """Silence is next to nothing once it is packed."""
    rate, block = 8_000, 4608
    file, samples = io.BytesIO(), np.zeros((1, block), np.int16)
    with av.open(file, "w", format="flac") as output:
        stream: Any = output.add_stream("flac", rate=rate, layout="mono")
        for _ in range(2 * 3600 * rate // block):
            frame = av.AudioFrame.from_ndarray(samples, format="s16", layout="mono")
            frame.sample_rate = rate
            output.mux(stream.encode(frame))
        output.mux(stream.encode(None))
    return file.getvalue()


# Refused at the door: no turn begins


@pytest.mark.parametrize(
    ("sent", "code"),
    [
        pytest.param(text(""), "empty_text", id="no text"),
        pytest.param(text(" \n "), "empty_text", id="blank text"),
        pytest.param(text("a" * 20_000), "text_too_long", id="20,000 characters"),
        pytest.param(text("hi", avatar_id="avatar_nobody"), "unknown_avatar", id="unknown avatar"),
        pytest.param(text("hi", avatar_id="../etc"), "invalid_message", id="no avatar's name"),
        pytest.param(text(5), "invalid_message", id="a number for a text"),
        pytest.param("hello", "invalid_message", id="not JSON"),
        pytest.param("", "invalid_message", id="nothing"),
        pytest.param("[1, 2]", "invalid_message", id="a list"),
        pytest.param('"text"', "invalid_message", id="a string"),
        pytest.param("null", "invalid_message", id="null"),
        pytest.param("{}", "invalid_message", id="no type"),
        pytest.param('{"type": "dance"}', "invalid_message", id="unknown type"),
        pytest.param("[" * 100_000, "invalid_message", id="deeply nested"),
        pytest.param('{"type": "audio"}', "invalid_message", id="no data"),
        pytest.param('{"type": "audio", "data": ""}', "bad_audio", id="empty data"),
        pytest.param('{"type": "audio", "data": "not base64!"}', "bad_audio", id="not base64"),
        pytest.param('{"type": "audio", "data": "语音"}', "bad_audio", id="letters"),
        pytest.param(audio(bytes(10 * 1024 * 1024 + 4)), "audio_too_large", id="over 10 MB"),
        pytest.param('{"type": "audio", "data": "' + "A" * 30_000_000 + '"}', "audio_too_large", id="30 MB of base64"),
        pytest.param(b"\x00\x01\x02", "invalid_message", id="a binary frame"),
        pytest.param(text("hi").encode(), "invalid_message", id="JSON in a binary frame"),
    ],
)
async def test_it_is_refused_in_words(
    alice: Student, session: Message, unharmed: Socket, sent: str | bytes, code: str
) -> None:
    await unharmed.send_raw(sent)

    error = await unharmed.receive()
    assert (error["type"], error["code"]) == ("error", code)
    assert error["message"].endswith(".")
    assert "Traceback" not in error["message"]
    assert error.get("turn_id") is None
    assert await alice.transcript(session["session_id"]) == []


async def test_what_is_refused_does_not_disturb_the_running_turn(product: Product, unharmed: Socket) -> None:
    product.close("llm-rest")
    await unharmed.begin("What do plants need?")

    for sent in (text(""), "hello", audio(b"")):
        await unharmed.send_raw(sent)
        assert (await unharmed.until("error"))[-1]["turn_id"] is None
    product.open("llm-rest")

    assert (await unharmed.until("done"))[-1]["interrupted"] is False


# Found out by the workers: the turn fails


@pytest.mark.parametrize(
    ("recording", "code", "retryable"),
    [
        pytest.param(lambda: b"This is no recording at all." * 20, "bad_audio", True, id="a text"),
        pytest.param(lambda: bytes(range(256)) * 40, "bad_audio", True, id="noise in bytes"),
        pytest.param(lambda: b"\x1aE\xdf\xa3" + bytes(2000), "bad_audio", True, id="begins like webm"),
        pytest.param(lambda: wav(1, 0.3)[:30], "bad_audio", True, id="a head without a body"),
        pytest.param(lambda: b"#EXTM3U\n#EXTINF:1,\nfile:///etc/passwd\n", "bad_audio", True, id="a playlist"),
        pytest.param(lambda: wav(61, 0.3), "audio_too_long", False, id="61 seconds"),
        pytest.param(two_hours, "audio_too_long", False, id="two hours in a small file"),
        pytest.param(lambda: wav(3, 0.0), "nothing_heard", True, id="silence"),
    ],
)
async def test_the_turn_fails_in_words(
    alice: Student, session: Message, unharmed: Socket, recording: Callable[[], bytes], code: str, retryable: bool
) -> None:
    await unharmed.send_raw(audio(recording()))

    messages = await unharmed.until("done")
    (error,) = [message for message in messages if message["type"] == "error"]
    assert (error["code"], error["retryable"]) == (code, retryable)
    assert error["turn_id"] == messages[-1]["turn_id"]
    (turn,) = await alice.transcript(session["session_id"])
    assert (turn["status"], turn["error"], turn["reply_text"]) == ("failed", code, "")


def test_two_hours_are_indeed_a_small_file() -> None:
    assert len(two_hours()) < 2_000_000


async def test_silence_is_answered_as_a_person_would(unharmed: Socket) -> None:
    await unharmed.send_raw(audio(wav(2, 0.0)))

    (error,) = [message for message in await unharmed.until("done") if message["type"] == "error"]
    assert error["message"] == "I could not hear anything. Please check your microphone and try again."


# Too much


async def test_of_ten_messages_at_once_each_is_answered(alice: Student, session: Message, socket: Socket) -> None:
    for number in range(10):
        await socket.send("text", content=f"{SAY}This is answer {number}.")

    refused = ended = 0
    while refused + ended < 10:
        message = await socket.receive()
        if message["type"] == "error":
            assert (message["code"], message["retryable"]) == ("too_many_messages", True)
            refused += 1
        ended += message["type"] == "done"

    turns = await alice.transcript(session["session_id"])
    assert refused == 10 - len(turns)
    assert [turn["status"] for turn in turns] == ["interrupted"] * (len(turns) - 1) + ["completed"]
    assert turns[-1]["reply_text"] == turns[-1]["user_text"].removeprefix(SAY)
    assert await socket.lives()


async def test_who_has_sent_too_much_may_go_on_after_a_moment(socket: Socket) -> None:
    for number in range(10):
        await socket.send("text", content=f"{SAY}This is answer {number}.")
    for _ in range(30):
        await socket.send("text", content=f"{SAY}At last.")
        if (await socket.until(lambda m: m["type"] == "error" or m.get("content") == "At last."))[-1][
            "type"
        ] != "error":
            return
        await asyncio.sleep(0.2)
    pytest.fail("it was never let in again")


async def test_who_floods_his_socket_is_warned_and_closed_and_nobody_else_notices(
    product: Product, alice: Student, session: Message, unharmed: Socket
) -> None:
    log = product.stack.home / "logs" / "web.log"
    before = len(log.read_text())
    async with alice.socket(session) as flooding:
        with suppress(ConnectionClosed):
            for _ in range(4_000):
                await flooding.send("ping")
        with pytest.raises(ConnectionClosed):
            await flooding.until("session")

    assert [message["code"] for message in flooding.messages if message["type"] == "error"] == ["too_many_messages"]
    assert flooding.connection.close_code == 4008
    assert "Traceback" not in log.read_text()[before:]
