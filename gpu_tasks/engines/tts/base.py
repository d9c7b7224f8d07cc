from collections.abc import Mapping
from dataclasses import dataclass
from typing import NamedTuple, Protocol

import numpy as np
from numpy.typing import NDArray


class Viseme(NamedTuple):
    """A mouth shape (one of gpu_tasks.engines.avatar.visemes.SHAPES) and when it is held, in seconds."""

    start: float
    end: float
    shape: str


@dataclass(frozen=True, slots=True)
class Speech:
    pcm: NDArray[np.int16]
    """Mono, `sample_rate` samples a second; silence trimmed to some 50 ms at both ends. Empty when
    there is nothing to say (a segment of emoji alone)."""
    sample_rate: int
    visemes: tuple[Viseme, ...] | None
    """Without gaps from 0 to the end of `pcm`; None from a voice that does not tell its times."""

    @property
    def duration(self) -> float:
        return len(self.pcm) / self.sample_rate


@dataclass(frozen=True, slots=True)
class Voice:
    name: str
    language: str
    """ISO 639-1."""
    description: str


class TTSEngine(Protocol):
    """Speaks. One object serves all threads of a worker."""

    voices: Mapping[str, Voice]

    def speak(self, text: str, *, voice: str) -> Speech:
        """Speak one segment of plain text, about -20 dBFS loud. Raises EngineError; an unknown voice
        is ModelMissing."""
        ...

    def warm_up(self) -> None: ...
