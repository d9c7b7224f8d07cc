import numpy as np

from gpu_tasks.engines.asr.base import Pcm, Transcript

SILENT = 0.01


class FakeASR:
    """Hears `text` in whatever is not silent."""

    def __init__(self, text: str = "What is a delta?") -> None:
        self._text = text

    def transcribe(self, pcm: Pcm, *, language: str | None = None) -> Transcript:
        heard = self._text if np.abs(pcm).max(initial=0) > SILENT else ""
        return Transcript(heard, language or "en")

    def warm_up(self) -> None:
        pass
