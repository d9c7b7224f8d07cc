"""A spoken turn, in the containers that browsers record."""

import base64
import io
from collections.abc import Callable
from typing import Any

import av
import numpy as np
import psutil
import pytest

from tests.turn_path.client import Message, Socket, Student
from tests.turn_path.conftest import Product
from tests.turn_path.engines import HEARD, REPLY

CONTAINERS = [
    ("webm", "libopus", ".webm"),
    ("ogg", "libopus", ".ogg"),
    ("mp4", "aac", ".m4a"),
    ("wav", "pcm_s16le", ".wav"),
]


def recorded(container: str, codec: str) -> str:
    """A second of a tone."""
    rate = 48_000
    tone = np.sin(2 * np.pi * 220 * np.arange(rate) / rate) * 0.3
    samples = np.round(tone * 32767).astype(np.int16)[None, :]
    file = io.BytesIO()
    with av.open(file, "w", format=container) as output:
        stream: Any = output.add_stream(codec, rate=rate, layout="mono")
        frame = av.AudioFrame.from_ndarray(samples, format="s16", layout="mono")
        frame.sample_rate = rate
        for packet in [*stream.encode(frame), *stream.encode(None)]:
            output.mux(packet)
    return base64.b64encode(file.getvalue()).decode()


@pytest.mark.parametrize(("container", "codec", "suffix"), CONTAINERS)
async def test_what_was_said_is_heard_and_answered(
    alice: Student, session: Message, socket: Socket, container: str, codec: str, suffix: str
) -> None:
    data = recorded(container, codec)

    await socket.send("audio", data=data)
    messages = await socket.until("done")

    kinds = [message["type"] for message in messages]
    stages = [message["stage"] for message in messages if message["type"] == "status"]
    assert stages == ["queued", "listening", "thinking", "speaking"]
    (heard,) = [message for message in messages if message["type"] == "transcription"]
    assert (heard["content"], heard["role"]) == (HEARD, "user")
    assert kinds.index("transcription") < kinds.index("delta")
    assert [message["content"] for message in messages if message["type"] == "text"] == [REPLY]

    (turn,) = await alice.transcript(session["session_id"])
    assert (turn["modality"], turn["user_text"], turn["reply_text"]) == ("audio", HEARD, REPLY)
    assert f"question{suffix}?" in turn["user_audio_url"]
    assert (await alice.get(turn["user_audio_url"])).content == base64.b64decode(data)


async def test_a_decoder_that_was_killed_is_missed_by_nobody(
    product: Product, socket: Socket, eventually: Callable[[Callable[[], bool]], None]
) -> None:
    (decoder,) = decoders(product)

    decoder.kill()
    eventually(lambda: decoder.status() == psutil.STATUS_ZOMBIE)

    await socket.send("audio", data=recorded("webm", "libopus"))
    messages = await socket.until("done")
    assert [message["content"] for message in messages if message["type"] == "transcription"] == [HEARD]
    (another,) = decoders(product)
    assert another != decoder


def decoders(product: Product) -> list[psutil.Process]:
    """What the worker that hears has for it."""
    worker = psutil.Process(product.processes.pid("worker-asr"))
    return [child for child in worker.children(recursive=True) if "gpu_tasks.recordings" in child.cmdline()]
