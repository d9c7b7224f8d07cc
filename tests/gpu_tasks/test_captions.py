import pytest
from hypothesis import given
from hypothesis import strategies as st

from gpu_tasks.captions import captions
from gpu_tasks.engines.tts.base import Word
from gpu_tasks.speakable import speakable


def said(*texts: str, each: float = 0.5) -> list[Word]:
    return [Word(number * each, (number + 1) * each, text) for number, text in enumerate(texts)]


def times(content: str, words: list[Word], duration_ms: int = 60_000) -> list[tuple[str, int, int]]:
    return [(word.text, word.start_ms, word.end_ms) for word in captions(content, words, duration_ms)]


def test_what_is_spoken_as_it_stands_has_the_times_of_the_voice() -> None:
    assert times("Light is energy.", said("Light", "is", "energy.")) == [
        ("Light ", 0, 500),
        ("is ", 500, 1000),
        ("energy.", 1000, 1500),
    ]


def test_marks_of_markdown_are_displayed_with_their_word() -> None:
    assert times("- **Light** is `energy`", said("Light", "is", "energy.")) == [
        ("- ", 0, 0),
        ("**Light** ", 0, 500),
        ("is ", 500, 1000),
        ("`energy`", 1000, 1500),
    ]


def test_a_number_has_the_time_of_all_the_words_it_is_spoken_with() -> None:
    assert times("It costs $3.50 today.", said("It", "costs", "three", "dollars", "and", "fifty", "cents", "today."))[
        2:
    ] == [("$3.50 ", 1000, 3500), ("today.", 3500, 4000)]


def test_the_mark_of_a_citation_takes_no_time() -> None:
    assert times("Plants need light [1] and water.", said("Plants", "need", "light", "and", "water."))[2:5] == [
        ("light ", 1000, 1500),
        ("[1] ", 1500, 1500),
        ("and ", 1500, 2000),
    ]


def test_what_is_spoken_otherwise_shares_the_time_between_its_neighbours() -> None:
    shown = times(
        "Read https://example.org/a and $x^2$ now.",
        said(*["Read", "the", "link", "on", "the", "screen", "and", "x", "squared", "now."]),
    )

    assert shown[1] == ("https://example.org/a ", 500, 3000)
    assert shown[3] == ("$x^2$ ", 3500, 4500)
    assert shown[4] == ("now.", 4500, 5000)


def test_in_chinese_each_character_has_its_time_with_the_marks_behind_it() -> None:
    assert times("你好，植物需要光。", [Word(0, 0.4, "你好，"), Word(0.5, 0.9, "植物"), Word(1, 1.6, "需要光。")]) == [
        ("你", 0, 200),
        ("好，", 200, 400),
        ("植", 500, 700),
        ("物", 700, 900),
        ("需", 1000, 1200),
        ("要", 1200, 1400),
        ("光。", 1400, 1600),
    ]


def test_words_of_two_languages_stand_in_one_sentence() -> None:
    shown = times("学习 Python 吧。", said("学习", "Python", "吧。"))

    assert [text for text, _, _ in shown] == ["学", "习 ", "Python ", "吧。"]


@pytest.mark.parametrize("content", ["", " ", "\n\n", "🙂", " a "])
def test_whatever_is_displayed_is_there_once(content: str) -> None:
    assert "".join(text for text, _, _ in times(content, said("a"))) == content


TEXTS = st.text(st.sampled_from("ab c1.,$*[]()\n 光合作用，。🙂^_{}\\-#|é½"), max_size=60)


@given(TEXTS, st.lists(st.tuples(TEXTS, st.floats(0, 2), st.floats(0, 1)), max_size=12), st.integers(0, 20_000))
def test_the_pieces_are_the_content_and_their_times_never_go_back(
    content: str, spoken: list[tuple[str, float, float]], duration_ms: int
) -> None:
    words, at = [], 0.0
    for text, length, pause in spoken:
        words.append(Word(at, at + length, text))
        at += length + pause

    found = captions(content, words, duration_ms)

    assert "".join(word.text for word in found) == content
    marks = [time for word in found for time in (word.start_ms, word.end_ms)]
    assert marks == sorted(marks)
    assert all(0 <= mark <= duration_ms for mark in marks)


@given(st.lists(st.sampled_from(["plants", "need", "**light**", "and", "water,", "`roots`", "[1]", "the"]), min_size=1))
def test_each_word_that_is_spoken_as_it_stands_keeps_its_time(shown: list[str]) -> None:
    content = " ".join(shown)
    words = said(*speakable(content).split())

    spoken = {word.start_ms for word in captions(content, words, 60_000) if "[" not in word.text}

    assert spoken == {round(word.start * 1000) for word in words}
