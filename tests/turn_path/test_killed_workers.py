"""A worker dies in the middle of a turn: the turn is completed, or ends in clear words, and nothing comes twice."""

from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest

from tests.turn_path.client import Message, Socket, Student, queued
from tests.turn_path.conftest import Product
from tests.turn_path.engines import POISON, REPLY, SAY

AtWork = Callable[[str, str], Awaitable[None]]
WITHIN = 15.0
LONG = "One two three four five six seven eight. And a second sentence is here too."


def check_nothing_comes_twice(messages: list[Message]) -> None:
    pictures = [(m["segment"], m["index"]) for m in messages if m["type"] == "fragment"]
    segments = [m["segment"] for m in messages if m["type"] == "video"]
    assert len(set(pictures)) == len(pictures)
    assert len(set(segments)) == len(segments)
    assert not {segment for segment, _ in pictures} & set(segments)
    assert [m["type"] for m in messages].count("text") <= 1
    assert [m["type"] for m in messages].count("done") == 1
    shown = [m["segment"] for m in messages if m["type"] in ("fragment", "video")]
    assert shown == sorted(shown)


def check_it_is_whole_or_says_what_is_missing(messages: list[Message]) -> None:
    done = messages[-1]
    errors = [message for message in messages if message["type"] == "error"]
    assert done["interrupted"] is False
    if not errors and "text" not in done["degraded"]:
        assert [message["content"] for message in messages if message["type"] == "text"]


@pytest.mark.parametrize(
    ("worker", "gate", "item"),
    [
        ("worker-default", "embedding", "retrieve"),
        ("worker-llm", "llm", "reply"),
        ("worker-tts", "tts", "speak:0"),
        ("worker-avatar", "avatar-rest", "animate:0"),
    ],
)
async def test_another_worker_takes_up_the_work(
    product: Product, stream: Socket, at_work: AtWork, worker: str, gate: str, item: str
) -> None:
    product.close(gate)
    turn_id = await stream.begin(f"{SAY}{LONG}")
    await at_work(turn_id, item)

    killed = product.processes.kill(worker)
    product.open(gate)
    # The sweeper lives in the default worker: there, the start of another one comes on top.
    await stream.until("done", 2 * WITHIN if worker == "worker-default" else WITHIN)

    check_nothing_comes_twice(stream.messages)
    check_it_is_whole_or_says_what_is_missing(stream.messages)
    product.processes.wait_restarted(worker, after=killed, timeout=60)


async def test_work_that_kills_its_workers_is_set_aside_after_two(product: Product, stream: Socket) -> None:
    before = product.processes.deaths("worker-tts")

    messages = await stream.turn(f"{SAY}Nobody should ever drink {POISON} from a bottle.", 3 * WITHIN)

    done = messages[-1]
    assert product.processes.deaths("worker-tts") == before + 2
    assert done["degraded"] == ["speech"]
    assert done["stages"]["speak:0"]["error"] == "its worker died twice"
    product.wait_ready()
    assert (await stream.turn(f"{SAY}{LONG}"))[-1]["degraded"] == []


async def test_a_recording_is_heard_by_another_worker(
    product: Product, alice: Student, session: Message, stream: Socket, recording: str, at_work: AtWork
) -> None:
    product.close("asr")
    await stream.send("audio", data=recording)
    turn_id = (await stream.until(queued))[-1]["turn_id"]
    await at_work(turn_id, "transcribe")

    product.processes.kill("worker-asr")
    product.open("asr")
    await stream.until("done", WITHIN)

    check_nothing_comes_twice(stream.messages)
    check_it_is_whole_or_says_what_is_missing(stream.messages)
    assert [m["type"] for m in stream.messages].count("transcription") <= 1


async def test_a_reply_that_broke_off_stands_as_far_as_it_was_said(
    product: Product, alice: Student, session: Message, stream: Socket
) -> None:
    product.close("llm-rest")
    await stream.send("text", content="What do plants need?")
    await stream.until(lambda message: message["type"] == "fragment" and message["last"])

    product.processes.kill("worker-llm")
    product.open("llm-rest")
    messages = await stream.until("done", WITHIN)

    check_nothing_comes_twice(stream.messages)
    assert messages[-1]["degraded"] == ["text"]
    (turn,) = await alice.transcript(session["session_id"])
    assert turn["status"] == "completed"
    assert REPLY.startswith(turn["reply_text"])
    assert turn["reply_text"].startswith("Plants need some light every day.")
    said = "".join(message["content"] for message in stream.messages if message["type"] == "delta")
    assert said.strip() == turn["reply_text"]


async def test_without_a_face_the_tutor_is_heard(
    product: Product, alice: Student, session: Message, stream: Socket, at_work: AtWork
) -> None:
    product.processes.restart = False
    product.close("avatar")
    turn_id = await stream.begin("What do plants need?")
    await at_work(turn_id, "animate:0")

    product.processes.kill("worker-avatar")
    messages = await stream.until("done", WITHIN)

    check_nothing_comes_twice(stream.messages)
    assert messages[-1]["degraded"] == ["video"]
    (turn,) = await alice.transcript(session["session_id"])
    assert (turn["status"], turn["reply_text"]) == ("completed", REPLY)
    for segment in turn["segments"]:
        assert segment["video_url"] is None
        assert (await alice.get(segment["audio_url"])).content.startswith(b"RIFF")
    health = (await alice.get("/api/student/gpu/health")).json()
    assert health["gpu_server"] == {"status": "unhealthy", "error": "no live worker for: avatar"}


async def test_without_a_brain_the_student_is_told(
    product: Product, alice: Student, session: Message, stream: Socket, at_work: AtWork
) -> None:
    product.processes.restart = False
    product.close("llm")
    turn_id = await stream.begin("What do plants need?")
    await at_work(turn_id, "reply")

    product.processes.kill("worker-llm")
    messages = await stream.until("done", WITHIN)

    (error,) = [message for message in messages if message["type"] == "error"]
    assert (error["code"], error["retryable"]) == ("unavailable", True)
    assert error["message"] == "The tutor cannot be reached right now. Please try again."
    (turn,) = await alice.transcript(session["session_id"])
    assert (turn["status"], turn["error"]) == ("failed", "unavailable")


async def test_without_anybody_who_sweeps_the_student_is_told_too(
    product: Product, stream: Socket, at_work: AtWork
) -> None:
    product.processes.restart = False
    product.close("embedding")
    turn_id = await stream.begin("What do plants need?")
    await at_work(turn_id, "retrieve")

    product.processes.kill("worker-default")
    messages = await stream.until("done", 2 * WITHIN)

    assert [message["code"] for message in messages if message["type"] == "error"] == ["unavailable"]


def test_workers_of_the_gpu_stages_have_no_database(product: Product) -> None:
    without = set()
    for name in product.processes.names():
        environ = Path(f"/proc/{product.processes.pid(name)}/environ").read_bytes().split(b"\0")
        if b"TUTOR_DATABASE=none" in environ:
            without.add(name)

    assert without == {"worker-asr", "worker-llm", "worker-tts", "worker-avatar"}
