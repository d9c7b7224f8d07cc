import time
from collections.abc import Sequence

import numpy as np

from gpu_tasks.engines.asr.base import Pcm, Transcript

LOUD = 0.01


class FakeASR:
    """Hears `text` in whatever is loud enough, and nothing in silence; {terms} in it are those it was told."""

    def __init__(self, text: str = "What do plants need?", delay: float = 0.0) -> None:
        self._text, self._delay = text, delay

    def transcribe(self, pcm: Pcm, *, language: str | None = None, terms: Sequence[str] = ()) -> Transcript:
        time.sleep(self._delay)
        heard = len(pcm) > 0 and float(np.abs(pcm).max()) > LOUD
        text = self._text.replace("{terms}", ", ".join(terms))
        return Transcript(text if heard else "", language or "en")

    def warm_up(self) -> None:
        pass
