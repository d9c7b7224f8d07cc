from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from gpu_tasks.engines.avatar.base import FPS, frame_count
from gpu_tasks.engines.avatar.loudness import loudness
from gpu_tasks.engines.avatar.visemes import SHAPES, Mouth, mouth_curves
from gpu_tasks.engines.tts.base import Speech

from .conftest import Say

JAW, WIDE, PRESS = (Mouth._fields.index(name) for name in ("jaw", "wide", "press"))


def curves(speech: Speech) -> NDArray[np.float32]:
    return mouth_curves(speech, loudness(speech.pcm, speech.sample_rate), frame_count(speech))


def held(speech: Speech, number: int) -> NDArray[np.float32]:
    """The mouth in the middle of the shape with this number."""
    return curves(speech)[round((0.1 + 0.2 * number + 0.1) * FPS)]


def test_a_vowel_opens_the_mouth(say: Say) -> None:
    assert held(say("kk", "aa", "kk"), 1)[JAW] > 0.6


def test_a_louder_vowel_opens_it_wider(say: Say) -> None:
    loud, quiet = say("aa"), say("aa", loud=0.03)
    both = Speech(np.concatenate([loud.pcm, quiet.pcm]), loud.sample_rate, None)

    jaw = curves(both)[:, JAW]

    half = len(jaw) // 2
    assert jaw[:half].max() > 1.5 * jaw[half:].max() > 0


def test_lips_meet_for_p_b_and_m_even_between_vowels(say: Say) -> None:
    mouth = held(say("aa", "PP", "aa"), 1)

    assert mouth[PRESS] > 0.5
    assert mouth[JAW] < 0.2


def test_oo_puckers_and_ee_spreads(say: Say) -> None:
    speech = say("U", "I")

    assert held(speech, 0)[WIDE] < -0.5
    assert held(speech, 1)[WIDE] > 0.3


@pytest.mark.parametrize("times", [True, False])
def test_silence_closes_the_mouth(say: Say, times: bool) -> None:
    speech = say("aa", "sil", "sil", "sil", "aa", times=times)

    assert curves(speech)[round(0.6 * FPS)] == pytest.approx(np.zeros(6), abs=0.02)


def test_silence_closes_the_mouth_whatever_the_visemes_say(say: Say) -> None:
    speech = replace(say("aa", "E", "O"), pcm=np.zeros(12_800, np.int16))

    assert not curves(speech).any()


def test_the_gap_between_two_words_does_not_close_the_mouth(say: Say) -> None:
    speech = say("aa", "aa")
    sil, first, second, end = speech.visemes or ()
    gap = (sil, first._replace(end=0.27), sil._replace(start=0.27, end=0.33), second._replace(start=0.33), end)

    assert curves(replace(speech, visemes=gap))[round(0.3 * FPS), JAW] > 0.6


@pytest.mark.parametrize("times", [True, False])
@given(shapes=st.lists(st.sampled_from(sorted(SHAPES)), min_size=1, max_size=8), loud=st.floats(0, 0.6))
def test_every_mouth_begins_and_ends_closed_and_stays_human(
    say: Say, times: bool, shapes: list[str], loud: float
) -> None:
    mouths = curves(say(*shapes, loud=loud, times=times))

    assert not mouths[[0, -1]].any()
    assert np.isfinite(mouths).all()
    assert mouths[:, JAW].min() >= 0
    assert mouths[:, JAW].max() <= 1.1
    assert np.abs(mouths[:, WIDE]).max() <= 1


def test_without_visemes_the_mouth_opens_when_it_is_loud(say: Say) -> None:
    jaw = curves(say("aa", "sil", "sil", "aa", times=False))[:, JAW]

    assert jaw[round(0.2 * FPS)] > 0.4
    assert jaw[round(0.5 * FPS)] < 0.05
    assert jaw[round(0.8 * FPS)] > 0.4


def test_nothing_said_needs_no_mouth() -> None:
    nothing = Speech(np.zeros(0, np.int16), 16_000, ())

    assert curves(nothing).shape == (0, 6)
