from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from gpu_tasks.engines.avatar.base import Avatar
from gpu_tasks.engines.avatar.characters import CHARACTERS
from gpu_tasks.engines.avatar.cpu import CpuAvatar
from gpu_tasks.engines.avatar.facemesh import FaceMesh
from gpu_tasks.engines.tts.base import Speech, Viseme

RATE = 16_000

Say = Callable[..., Speech]


@pytest.fixture(scope="session")
def say() -> Say:
    """A voice that hums: each shape for 200 ms as loud as asked, between 100 ms of silence."""

    def hum(*shapes: str, loud: float = 0.1, times: bool = True) -> Speech:
        visemes = [Viseme(0.0, 0.1, "sil")]
        sound = [np.zeros(RATE // 10)]
        for number, shape in enumerate(shapes):
            start = 0.1 + 0.2 * number
            visemes.append(Viseme(start, start + 0.2, shape))
            time = np.arange(RATE // 5) / RATE
            sound.append(loud * (shape != "sil") * np.sqrt(2) * np.sin(2 * np.pi * 700 * time))
        visemes.append(Viseme(visemes[-1].end, visemes[-1].end + 0.1, "sil"))
        sound.append(np.zeros(RATE // 10))
        pcm = (np.concatenate(sound) * 32767).astype(np.int16)
        return Speech(pcm, RATE, tuple(visemes) if times else None)

    return hum


@pytest.fixture(scope="session")
def astronaut() -> bytes:
    return (Path(__file__).parents[3] / "data/portraits/astronaut.jpg").read_bytes()


@pytest.fixture(scope="session")
def engine() -> CpuAvatar:
    return CpuAvatar(size=256)


@pytest.fixture(scope="session")
def mesh() -> FaceMesh:
    return FaceMesh()


@pytest.fixture(scope="session")
def ada() -> Avatar:
    return Avatar("ada", "illustrated", features=CHARACTERS["ada"])


@pytest.fixture(scope="session")
def eileen(astronaut: bytes) -> Avatar:
    return Avatar("eileen", "photo", portrait=astronaut)
