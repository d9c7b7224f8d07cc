from __future__ import annotations

import wave
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pytest

if TYPE_CHECKING:
    from gpu_tasks.engines.avatar.musetalk.net import Net


@pytest.fixture(scope="session")
def golden() -> Path:
    return Path(__file__).parents[4] / "data/musetalk-golden"


@pytest.fixture(scope="session")
def expected(golden: Path) -> dict[str, np.ndarray]:
    with np.load(golden / "expected.npz", allow_pickle=False) as file:
        return dict(file)


@pytest.fixture(scope="session")
def sound(golden: Path) -> np.ndarray:
    with wave.open(str(golden / "speech.wav")) as file:
        return np.frombuffer(file.readframes(-1), np.int16).astype(np.float32) / 32768


@pytest.fixture(scope="session")
def net(golden: Path) -> Net:
    from gpu_tasks.engines.avatar.musetalk.net import Net

    return Net(golden)
