from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gpu_tasks.engines.tts.base import Viseme
from gpu_tasks.engines.tts.phonemes import track, window

SYMBOLS = "pfθtkszʃɹɑʌɛiɔuIAWOQYˈˌː ,.!?"


def shapes(phonemes: str, lasting: float = 0.2) -> list[str]:
    return [viseme.shape for viseme in track(phonemes, [lasting] * len(phonemes))]


def test_lips_close_for_p_b_and_m() -> None:
    assert shapes("pɑ") == ["PP", "aa"]


def test_a_stress_mark_gives_its_time_to_the_vowel_behind_it() -> None:
    assert track("pˈɑ", [0.1, 0.05, 0.1]) == [Viseme(0, 0.1, "PP"), Viseme(0.1, pytest.approx(0.25), "aa")]


def test_a_length_mark_gives_its_time_to_the_vowel_before_it() -> None:
    assert track("ɑːp", [0.1, 0.05, 0.1])[0] == Viseme(0, pytest.approx(0.15), "aa")


def test_a_diphthong_moves_from_one_shape_to_another() -> None:
    assert shapes("W") == ["aa", "U"]


def test_a_word_boundary_does_not_close_the_mouth() -> None:
    assert shapes("ɑ i", lasting=0.06) == ["aa", "I"]


def test_a_pause_closes_the_mouth() -> None:
    assert shapes("ɑ, i", lasting=0.06) == ["aa", "sil", "I"]


def test_what_a_window_does_not_reach_is_silence() -> None:
    assert window([Viseme(0.2, 0.4, "aa")], 0.1, 0.5) == [
        Viseme(0.0, pytest.approx(0.1), "sil"),
        Viseme(pytest.approx(0.1), pytest.approx(0.3), "aa"),
        Viseme(pytest.approx(0.3), pytest.approx(0.4), "sil"),
    ]


@given(
    st.lists(st.tuples(st.sampled_from(SYMBOLS), st.floats(0.0, 0.5)), max_size=40),
    st.floats(-1, 3),
    st.floats(0.01, 3),
)
def test_a_track_and_each_window_of_it_have_no_gaps(
    timed: list[tuple[str, float]], start: float, length: float
) -> None:
    whole = track("".join(symbol for symbol, _ in timed), [seconds for _, seconds in timed])
    part = window(whole, start, start + length)

    assert sum(end - first for first, end, _ in whole) == pytest.approx(sum(seconds for _, seconds in timed))
    for visemes in (whole, part):
        assert all(before.end == after.start for before, after in pairwise(visemes))
    assert part[0].start == 0
    assert part[-1].end == pytest.approx(length)
