from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gpu_tasks.engines.tts.base import Word
from gpu_tasks.engines.tts.pronunciation import Pronounced, is_spoken, parts, phonemes, word_times, words_within

WORDS = st.builds(
    Pronounced, st.text("abc", min_size=1, max_size=4), st.text("pɑˈiː", max_size=12).map(lambda sounds: sounds + " ")
)
SENTENCES = st.lists(st.one_of(WORDS, st.just(Pronounced("—", "— "))), max_size=30)


def test_a_word_lasts_from_its_first_phoneme_to_its_last() -> None:
    sentence = [Pronounced("pa,", "pˈɑː, "), Pronounced("—", "— "), Pronounced("pi", "pi")]

    assert word_times(sentence, [0.5, *(0.1 for _ in phonemes(sentence)), 0.3]) == [
        Word(pytest.approx(0.5), pytest.approx(0.9), "pa,"),
        Word(pytest.approx(1.3), pytest.approx(1.5), "pi"),
    ]


def test_words_outside_a_window_are_at_its_edge() -> None:
    words = [Word(0.1, 0.3, "a"), Word(0.5, 1.2, "b")]

    assert words_within(words, 0.4, 1.0) == [
        Word(0.0, 0.0, "a"),
        Word(pytest.approx(0.1), pytest.approx(0.6), "b"),
    ]


def test_a_long_sentence_is_cut_behind_a_clause() -> None:
    sentence = [Pronounced(text, text + " ") for text in ("pɑ", "pɑ,", "pɑ", "pi")]

    assert [phonemes(part) for part in parts(sentence, 10)] == ["pɑ pɑ,", "pɑ pi"]


def test_a_sentence_of_pauses_alone_is_not_spoken() -> None:
    assert not is_spoken([Pronounced("…", "… "), Pronounced("—", "—")])


@given(SENTENCES, st.integers(1, 20))
def test_parts_are_short_enough_and_none_is_empty(sentence: list[Pronounced], longest: int) -> None:
    for part in parts(sentence, longest):
        assert 0 < len(phonemes(part)) <= longest
        assert phonemes(part).strip() == phonemes(part)


@given(SENTENCES, st.integers(20, 60))
def test_parts_leave_no_sound_out(sentence: list[Pronounced], longest: int) -> None:
    together = "".join(phonemes(part) for part in parts(sentence, longest))

    assert together.replace(" ", "") == phonemes(sentence).replace(" ", "")


@given(SENTENCES, st.data())
def test_words_follow_one_another(sentence: list[Pronounced], data: st.DataObject) -> None:
    seconds = [data.draw(st.floats(0, 0.5)) for _ in range(len(phonemes(sentence)) + 2)]
    words = word_times(sentence, seconds)

    assert all(word.start <= word.end for word in words)
    assert all(before.end <= after.start for before, after in pairwise(words))
    assert len(words) <= len(sentence)
