"""Engines of workers that are pinned to a card: they say which, and can run out of its memory."""

import os
from collections.abc import Callable, Generator, Sequence

from gpu_tasks.engines.errors import OutOfMemory
from gpu_tasks.engines.llm.base import Message
from gpu_tasks.engines.tts.base import Speech
from tests.turn_path.engines import SAY, Chat, Gates, Voice


class PinnedChat(Chat):
    """Gate: llm."""

    def reply(
        self,
        messages: Sequence[Message],
        *,
        max_tokens: int,
        cancelled: Callable[[], bool] = lambda: False,
    ) -> Generator[str, None, None]:
        card = os.environ.get("CUDA_VISIBLE_DEVICES", "none")
        words: list[Message] = [{"role": "user", "content": f"{SAY}I think on card {card}."}]
        return super().reply(words, max_tokens=max_tokens, cancelled=cancelled)


class FullVoice(Voice):
    """Its card is full while the gate "room" is closed."""

    def __init__(self, gates: str) -> None:
        super().__init__(gates)
        self._room = Gates(gates)

    def speak(self, text: str, *, voice: str, cancelled: Callable[[], bool] = lambda: False) -> Speech:
        if self._room.closed("room"):
            raise OutOfMemory("CUDA out of memory")
        return super().speak(text, voice=voice, cancelled=cancelled)
