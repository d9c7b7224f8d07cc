"""The shipped fakes with gates: a test holds a stage where it wants it, instead of hoping that it is slow enough.

A gate is closed while a file of its name lies in the folder of gates.
"""

import os
import re
import signal
import time
from collections.abc import Callable, Generator, Iterator, Sequence
from itertools import islice
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from gpu_tasks.engines.asr.base import Pcm, Transcript
from gpu_tasks.engines.asr.fake import FakeASR
from gpu_tasks.engines.avatar.base import Avatar, Frame
from gpu_tasks.engines.avatar.fake import FakeAvatar
from gpu_tasks.engines.embedding.fake import FakeEmbedding
from gpu_tasks.engines.llm.base import Message
from gpu_tasks.engines.llm.fake import FakeChat
from gpu_tasks.engines.tts.base import Speech
from gpu_tasks.engines.tts.fake import FakeVoice

LOOK_EVERY = 0.01
HEARD = "What do plants need?"
REPLY = "Plants need some light every day. They need water from the soil too. And some warmth helps them."
"""Three segments. Said to whatever is asked, unless the question begins with SAY."""
SAY = "Say: "
FIRST_PICTURES = 8
POISON = "poison"
"""Whatever worker speaks it dies."""


class Gates:
    def __init__(self, folder: str) -> None:
        self._folder = Path(folder)

    def closed(self, name: str) -> bool:
        return (self._folder / name).exists()

    def wait(self, name: str, cancelled: Callable[[], bool] = lambda: False) -> None:
        while self.closed(name) and not cancelled():
            time.sleep(LOOK_EVERY)


class Hearing(FakeASR):
    """Gate: asr."""

    def __init__(self, gates: str) -> None:
        super().__init__(text=HEARD)
        self._gates = Gates(gates)

    def transcribe(self, pcm: Pcm, *, language: str | None = None, terms: Sequence[str] = ()) -> Transcript:
        self._gates.wait("asr")
        return super().transcribe(pcm, language=language, terms=terms)


class Chat(FakeChat):
    """Gates: llm, before the first word; llm-rest, when the first segment has been cut off."""

    def __init__(self, gates: str) -> None:
        super().__init__(script="{question}")
        self._gates = Gates(gates)

    def reply(
        self,
        messages: Sequence[Message],
        *,
        max_tokens: int,
        cancelled: Callable[[], bool] = lambda: False,
    ) -> Generator[str, None, None]:
        question = messages[-1]["content"]
        text = question.removeprefix(SAY) if question.startswith(SAY) else REPLY
        said = ""
        self._gates.wait("llm", cancelled)
        script: list[Message] = [{"role": "user", "content": text}]
        for piece in super().reply(script, max_tokens=max_tokens, cancelled=cancelled):
            if re.search(r"[.!?]\s+\S", said):
                self._gates.wait("llm-rest", cancelled)
            if cancelled():
                return
            said += piece
            yield piece


class Voice(FakeVoice):
    """Gate: tts."""

    def __init__(self, gates: str) -> None:
        self._gates = Gates(gates)

    def speak(self, text: str, *, voice: str, cancelled: Callable[[], bool] = lambda: False) -> Speech:
        self._gates.wait("tts")
        if POISON in text:
            os.kill(os.getpid(), signal.SIGKILL)
        return super().speak(text, voice=voice, cancelled=cancelled)


class Face(FakeAvatar):
    """Gates: avatar, before the first picture; avatar-rest, after the first ones; avatar-end, where the last
    picture is shown again and again until it opens."""

    def __init__(self, gates: str) -> None:
        super().__init__()
        self._gates = Gates(gates)

    def animate(
        self, speech: Speech, avatar: Avatar, *, session: str | None = None, due: float | None = None
    ) -> Iterator[Frame]:
        self._gates.wait("avatar")
        frames = iter(super().animate(speech, avatar))
        yield from islice(frames, FIRST_PICTURES)
        self._gates.wait("avatar-rest")
        last = np.zeros((self.height, self.width, 3), np.uint8)
        for last in frames:
            yield last
        while self._gates.closed("avatar-end"):
            time.sleep(LOOK_EVERY)
            yield last


class Embedding(FakeEmbedding):
    """Gate: embedding."""

    def __init__(self, gates: str) -> None:
        self._gates = Gates(gates)

    def embed(self, texts: Sequence[str]) -> NDArray[np.float32]:
        self._gates.wait("embedding")
        return super().embed(texts)
