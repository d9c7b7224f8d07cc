from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

SAMPLE_RATE = 16_000

Pcm = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Transcript:
    text: str
    """What was said; empty when nothing was heard."""
    language: str | None


class ASREngine(Protocol):
    """Hears. One object serves all threads of a worker."""

    def transcribe(self, pcm: Pcm, *, language: str | None = None) -> Transcript:
        """`pcm`: mono float32 in -1..1 at 16 kHz. `language`: ISO 639-1, or None to detect it.

        Silence and noise give an empty text, never an invented one. Raises EngineError.
        """
        ...

    def warm_up(self) -> None:
        """Do once what makes the first call slow."""
        ...
