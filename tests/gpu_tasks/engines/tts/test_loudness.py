import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from gpu_tasks.engines.tts.loudness import PEAK, Samples, normalised, speech_bounds

RATE = 24_000


def tone(seconds: float, amplitude: float) -> Samples:
    return (np.sin(np.arange(int(seconds * RATE)) * 0.05) * amplitude).astype(np.float32)


def silence(seconds: float) -> Samples:
    return np.zeros(int(seconds * RATE), np.float32)


def test_silence_is_trimmed_to_50_ms_at_both_ends() -> None:
    start, end = speech_bounds(np.concatenate([silence(0.3), tone(1, 0.1), silence(0.8)]), RATE)

    assert start / RATE == pytest.approx(0.25, abs=0.011)
    assert end / RATE == pytest.approx(1.35, abs=0.011)


def test_silence_alone_has_no_bounds() -> None:
    assert speech_bounds(silence(1), RATE) == (0, 0)
    assert speech_bounds(silence(0), RATE) == (0, 0)


@pytest.mark.parametrize("amplitude", [0.03, 0.2, 0.9])
def test_quiet_and_loud_speech_come_out_equally_loud(amplitude: float) -> None:
    pcm = normalised(tone(1, amplitude), RATE) / 32767

    assert 20 * np.log10(np.sqrt(np.mean(pcm**2))) == pytest.approx(-20, abs=0.2)


def test_pauses_do_not_make_the_speech_louder() -> None:
    with_pause = normalised(np.concatenate([tone(1, 0.1), silence(3), tone(1, 0.1)]), RATE)

    assert np.abs(with_pause).max() == pytest.approx(np.abs(normalised(tone(1, 0.1), RATE)).max(), rel=0.05)


@given(arrays(np.float32, st.integers(0, 2_000), elements=st.floats(-4, 4, width=32)))
def test_nothing_is_ever_clipped(samples: Samples) -> None:
    assert np.abs(normalised(samples, RATE).astype(int)).max(initial=0) <= PEAK * 32767 + 1
