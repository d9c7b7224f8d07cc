import re
import time
from collections.abc import Callable, Generator, Sequence
from typing import Final

from gpu_tasks.engines.llm.base import Message

STEP_SECONDS: Final = 0.01


class FakeChat:
    """Says `script`, whatever it is asked, in pieces of a word; {question} in it is what was asked last."""

    def __init__(self, script: str = "You asked: {question}", first_delay: float = 0.0, delay: float = 0.0) -> None:
        self._script = script
        self._first_delay = first_delay
        self._delay = delay

    def reply(
        self,
        messages: Sequence[Message],
        *,
        max_tokens: int,
        cancelled: Callable[[], bool] = lambda: False,
    ) -> Generator[str, None, None]:
        text = self._script.replace("{question}", messages[-1]["content"])
        pieces = re.findall(r"\s*\S+|\s+$", text)[:max_tokens]
        for index, piece in enumerate(pieces):
            if _waited(self._first_delay if index == 0 else self._delay, cancelled):
                return
            yield piece

    def read(self, messages: Sequence[Message]) -> None:
        pass

    def warm_up(self) -> None:
        pass


def _waited(seconds: float, cancelled: Callable[[], bool]) -> bool:
    """Wait in small steps; true as soon as it is cancelled."""
    until = time.monotonic() + seconds
    while not cancelled():
        left = until - time.monotonic()
        if left <= 0:
            return False
        time.sleep(min(left, STEP_SECONDS))
    return True
