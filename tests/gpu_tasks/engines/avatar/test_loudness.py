import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gpu_tasks.engines.avatar.loudness import HZ, loudness, reference, smooth, voiced


def tone(seconds: float, rate: int, amplitude: float) -> np.ndarray:
    return (32767 * amplitude * np.sin(2 * np.pi * 500 * np.arange(int(seconds * rate)) / rate)).astype(np.int16)


@given(rate=st.sampled_from([8_000, 16_000, 22_050, 24_000, 44_100]), seconds=st.floats(0.2, 3))
def test_a_steady_tone_is_steadily_loud_at_any_sample_rate(rate: int, seconds: float) -> None:
    loud = loudness(tone(seconds, rate, 0.5), rate)

    assert len(loud) == pytest.approx(seconds * HZ + 1, abs=1)
    assert loud[3:-4] == pytest.approx(0.5 / np.sqrt(2), rel=0.1)


def test_nothing_is_not_loud() -> None:
    assert loudness(np.zeros(0, np.int16), 16_000).tolist() == [0]


def test_silence_between_words_is_told_from_a_stop_consonant() -> None:
    rate = 16_000
    word, stop, pause = tone(0.3, rate, 0.2), np.zeros(rate // 20, np.int16), np.zeros(rate // 2, np.int16)

    heard = voiced(loudness(np.concatenate([word, stop, word, pause, word]), rate))

    at = {"word": 0.15, "stop": 0.325, "pause": 0.9, "last": 1.3}
    assert {name: round(float(heard[int(t * HZ)]), 2) for name, t in at.items()} == {
        "word": 1,
        "stop": 1,
        "pause": 0,
        "last": 1,
    }


def test_noise_of_an_empty_room_is_silence() -> None:
    room = np.random.default_rng(0).normal(0, 40, 16_000).astype(np.int16)

    assert not voiced(loudness(room, 16_000)).any()


def test_the_reference_is_as_loud_as_the_loud_parts() -> None:
    sound = np.concatenate([tone(0.5, 16_000, 0.1), tone(0.5, 16_000, 0.4)])

    assert reference(loudness(sound, 16_000)) == pytest.approx(0.4 / np.sqrt(2), rel=0.05)


def test_smoothing_keeps_a_level() -> None:
    assert smooth(np.full(50, 0.3, np.float32), 0.05) == pytest.approx(np.full(50, 0.3))
