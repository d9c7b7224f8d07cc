from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple, Protocol

import numpy as np
from numpy.typing import NDArray

SAMPLE_RATE = 16_000

Pcm = NDArray[np.float32]


class HeardWord(NamedTuple):
    """A word and when it was said, in seconds from the beginning of the recording."""

    start: float
    end: float
    text: str


@dataclass(frozen=True, slots=True)
class Transcript:
    text: str
    """What was said; empty when nothing was heard."""
    language: str | None
    words: tuple[HeardWord, ...] | None = None
    """In the order they were said; None from an engine that does not tell."""


class ASREngine(Protocol):
    """Hears. One object serves all threads of a worker."""

    def transcribe(self, pcm: Pcm, *, language: str | None = None, terms: Sequence[str] = ()) -> Transcript:
        """`pcm`: mono float32 in -1..1 at 16 kHz. `language`: ISO 639-1, or None to detect it; an engine may hear
        another one that is clearly more probable. `terms`: what the lesson is about, more likely than other words that
        sound alike.

        Silence and noise give an empty text, never an invented one. Raises EngineError.
        """
        ...

    def warm_up(self) -> None:
        """Do once what makes the first call slow."""
        ...
