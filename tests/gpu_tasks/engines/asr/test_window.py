import numpy as np
import pytest
from faster_whisper import WhisperModel
from numpy.typing import NDArray

from gpu_tasks.engines.asr.window import SILENCE, ShortWindow

WHOLE = 3_000


@pytest.mark.parametrize(("spoken", "listened"), [(380, 600), (400, 600), (401, 700), (2_900, WHOLE), (WHOLE, WHOLE)])
def test_the_model_listens_little_longer_than_was_spoken(
    spoken: int, listened: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    given: list[NDArray[np.float32]] = []
    monkeypatch.setattr(WhisperModel, "encode", lambda self, features: given.append(features))
    features = np.zeros((80, WHOLE), np.float32)
    features[:, :spoken] = -0.5

    ShortWindow.__new__(ShortWindow).encode(features)

    assert given[0].shape == (80, listened)
    np.testing.assert_array_equal(given[0], features[:, :listened])


def test_nothing_but_silence_is_a_short_window(monkeypatch: pytest.MonkeyPatch) -> None:
    given: list[NDArray[np.float32]] = []
    monkeypatch.setattr(WhisperModel, "encode", lambda self, features: given.append(features))

    ShortWindow.__new__(ShortWindow).encode(np.zeros((80, WHOLE), np.float32))

    assert given[0].shape == (80, SILENCE)
