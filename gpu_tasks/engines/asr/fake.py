import time

import numpy as np

from gpu_tasks.engines.asr.base import Pcm, Transcript

LOUD = 0.01


class FakeASR:
    """Hears `text` in whatever is loud enough, and nothing in silence."""

    def __init__(self, text: str = "What do plants need?", delay: float = 0.0) -> None:
        self._text, self._delay = text, delay

    def transcribe(self, pcm: Pcm, *, language: str | None = None) -> Transcript:
        time.sleep(self._delay)
        heard = len(pcm) > 0 and float(np.abs(pcm).max()) > LOUD
        return Transcript(self._text if heard else "", language or "en")

    def warm_up(self) -> None:
        pass
