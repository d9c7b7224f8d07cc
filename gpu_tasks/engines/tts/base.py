from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Literal, NamedTuple, Protocol

import numpy as np
from numpy.typing import NDArray


class Viseme(NamedTuple):
    """A mouth shape (one of gpu_tasks.engines.avatar.visemes.SHAPES) and when it is held, in seconds."""

    start: float
    end: float
    shape: str


class Word(NamedTuple):
    """A word as it is spoken ("seven thirty P.M." are three), with its punctuation, and when, in seconds."""

    start: float
    end: float
    text: str


@dataclass(frozen=True, slots=True)
class Speech:
    pcm: NDArray[np.int16]
    """Mono, `sample_rate` samples a second; silence trimmed to some 50 ms at both ends. Empty when
    there is nothing to say (a segment of emoji alone)."""
    sample_rate: int
    visemes: tuple[Viseme, ...] | None
    """Without gaps from 0 to the end of `pcm`; None from a voice that does not tell its times."""
    words: tuple[Word, ...] | None = None
    """In their order, within `pcm`, none before the one before it has ended. In Chinese, what a dictionary has as
    one word. None from a voice that does not tell its times."""

    @property
    def duration(self) -> float:
        return len(self.pcm) / self.sample_rate


@dataclass(frozen=True, slots=True)
class Voice:
    name: str
    language: str
    """ISO 639-1."""
    description: str
    sex: Literal["female", "male"]
    sample: str
    """A sentence to try the voice with, in its language."""


class TTSEngine(Protocol):
    """Speaks. One object serves all threads of a worker."""

    voices: Mapping[str, Voice]

    def speak(self, text: str, *, voice: str, cancelled: Callable[[], bool] = lambda: False) -> Speech:
        """Speak one segment of plain text, about -20 dBFS loud. Raises EngineError; an unknown voice is ModelMissing.

        When `cancelled()` becomes true it stops soon; what it then returns is not to be used.
        """
        ...

    def warm_up(self) -> None: ...
