import numpy as np
import pytest
from faster_whisper import WhisperModel
from numpy.typing import NDArray

from gpu_tasks.engines.asr.window import RANGE, SILENCE, ShortWindow

WHOLE = 3_000


@pytest.fixture
def given(monkeypatch: pytest.MonkeyPatch) -> list[NDArray[np.float32]]:
    """What Whisper is given to listen to."""
    windows: list[NDArray[np.float32]] = []
    monkeypatch.setattr(WhisperModel, "encode", lambda self, features: windows.append(features))
    return windows


@pytest.mark.parametrize(
    ("spoken", "listened"), [(380, 1_000), (400, 1_000), (401, 1_100), (2_900, WHOLE), (WHOLE, WHOLE)]
)
def test_the_model_listens_little_longer_than_was_spoken(
    spoken: int, listened: int, given: list[NDArray[np.float32]]
) -> None:
    features = np.zeros((80, WHOLE), np.float32)
    features[:, :spoken] = -0.5

    ShortWindow.__new__(ShortWindow).encode(features)

    assert given[0].shape == (80, listened)
    np.testing.assert_array_equal(given[0][:, :spoken], features[:, :spoken])


def test_behind_what_was_spoken_is_silence(given: list[NDArray[np.float32]]) -> None:
    features = np.zeros((80, WHOLE), np.float32)
    features[:, :400] = np.linspace(-0.9, 1.1, 400)

    ShortWindow.__new__(ShortWindow).encode(features)

    np.testing.assert_allclose(given[0][:, 400:], 1.1 - RANGE)


def test_parts_of_one_recording_share_a_window_and_end_in_silence_of_their_own(
    given: list[NDArray[np.float32]],
) -> None:
    features = np.zeros((2, 80, WHOLE), np.float32)
    features[0, :, :900] = 1.0
    features[1, :, :200] = 0.4

    ShortWindow.__new__(ShortWindow).encode(features)

    assert given[0].shape == (2, 80, 900 + SILENCE)
    np.testing.assert_allclose(given[0][0, :, 900:], 1.0 - RANGE)
    np.testing.assert_allclose(given[0][1, :, 200:], 0.4 - RANGE)


def test_nothing_but_silence_is_a_short_window(given: list[NDArray[np.float32]]) -> None:
    ShortWindow.__new__(ShortWindow).encode(np.zeros((80, WHOLE), np.float32))

    assert given[0].shape == (80, SILENCE)
