from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gpu_tasks.engines.avatar.base import FPS, frame_count
from gpu_tasks.engines.avatar.musetalk.engine import there_and_back
from gpu_tasks.engines.avatar.musetalk.sound import RATE, at_16_khz, shares
from gpu_tasks.engines.tts.base import Speech

from ..conftest import Say


@pytest.mark.parametrize("rate", [16_000, 22_050, 24_000, 32_000, 48_000])
def test_a_tone_is_the_same_at_16_khz(rate: int) -> None:
    tone = (8000 * np.sin(2 * np.pi * 440 * np.arange(rate) / rate)).astype(np.int16)

    heard = at_16_khz(Speech(tone, rate, None))

    wanted = 8000 / 32768 * np.sin(2 * np.pi * 440 * np.arange(RATE) / RATE)
    assert abs(len(heard) - RATE) <= 1
    middle = slice(RATE // 10, RATE * 9 // 10)
    assert np.abs(heard[middle] - wanted[middle]).max() < 0.005


def test_nothing_stays_nothing() -> None:
    assert not len(at_16_khz(Speech(np.zeros(0, np.int16), 24_000, None)))
    assert not len(shares(Speech(np.zeros(0, np.int16), 24_000, None), 0))


def test_the_mouth_rests_in_silence_and_at_both_ends(say: Say) -> None:
    speech = say("aa", "sil", "sil", "sil", "O")
    count = frame_count(speech)

    share = shares(speech, count)

    assert share[0] == share[-1] == 0
    assert (share[11:13] == 0).all()  # 0.44 to 0.52 s
    assert share[4:6].min() > 0.9
    assert share.max() <= 1
    assert np.abs(np.diff(share)).max() < 0.8


def test_a_speech_of_silence_alone_needs_no_frame() -> None:
    speech = Speech(np.zeros(RATE, np.int16), RATE, None)

    assert not shares(speech, frame_count(speech)).any()


@given(st.integers(0, 400), st.integers(1, 120))
def test_the_face_goes_from_neighbour_to_neighbour_and_ends_where_it_began(count: int, frames: int) -> None:
    path = there_and_back(count, frames)

    assert len(path) == count
    assert all(0 <= at < frames for at in path)
    assert path[:1] == path[-1:] == [0] * bool(count)
    assert all(abs(one - other) <= 1 for one, other in pairwise(path))


def test_the_face_shows_all_it_has_in_a_long_speech() -> None:
    assert set(there_and_back(10 * FPS, 100)) == set(range(100))
