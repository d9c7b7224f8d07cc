import json
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gpu_tasks.engines.tts.english import LONGEST, English
from gpu_tasks.engines.tts.mandarin import Mandarin
from gpu_tasks.engines.tts.pronunciation import phonemes

pytestmark = pytest.mark.engines


@pytest.fixture(scope="module")
def mandarin() -> Mandarin:
    return Mandarin(English())


def words(mandarin: Mandarin, text: str) -> list[list[str]]:
    return [[word.text for word in sentence] for sentence in mandarin.sentences(text)]


def test_words_are_those_of_the_dictionary(mandarin: Mandarin) -> None:
    assert words(mandarin, "光合作用很重要，对吗？对！") == [["光合作用", "很", "重要，", "对", "吗？"], ["对！"]]


def test_a_character_is_read_as_its_word_says(mandarin: Mandarin) -> None:
    (sentence,) = mandarin.sentences("银行里，行走")

    assert [word.phonemes.strip() for word in sentence] == ["i↗nxa↗ŋ", "li↓,", "ɕi↗ŋʦou↓"]


def test_english_words_are_read_as_english(mandarin: Mandarin) -> None:
    (sentence,) = mandarin.sentences("我们用 Python 写。")

    assert [(word.text, word.phonemes) for word in sentence[-2:]] == [("Python", "pʰˈIsˌɑn "), ("写。", "ɕje↓.")]


def test_an_english_voice_reads_english_with_its_own_sounds(mandarin: Mandarin) -> None:
    (sentence,) = Mandarin(English(), by_mandarin_voice=False).sentences("用 Python")

    assert phonemes(sentence) == "jʊ↘ŋ pˈIθˌɑn"


def test_english_sentences_are_read_as_english(mandarin: Mandarin) -> None:
    assert words(mandarin, "Let's begin. 好。Dr. Smith?") == [["Let's", "begin."], ["好。"], ["Dr", "Smith?"]]


@pytest.mark.parametrize("text", ["", " \n", "……", "🙂", "，。"])
def test_there_may_be_nothing_to_say(mandarin: Mandarin, text: str) -> None:
    assert mandarin.sentences(text) == []


@settings(deadline=None, max_examples=50)
@given(st.text("的一是不了人我在有他嗯龘㐀𠮷aBc 3.%'-，。！？“”（）()\n…=", max_size=60))
def test_only_what_the_model_knows_is_said(mandarin: Mandarin, text: str) -> None:
    from hibari.tts import ASSETS

    alphabet = json.loads((Path(ASSETS) / "vocab.json").read_text(encoding="utf-8"))
    for sentence in mandarin.sentences(text):
        assert set(phonemes(sentence)) <= set(alphabet)
        assert 0 < len(phonemes(sentence)) <= LONGEST
