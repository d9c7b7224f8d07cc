from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gpu_tasks.segmenting import LONGEST, LONGEST_BLOCK, segments


def cut(text: str) -> list[str]:
    return list(segments([text]))


def bare(text: str) -> str:
    return "".join(text.split())


TEXTS = {
    "the first ends early, with a clause": (
        "The Nile is about 6,650 kilometres long, and it flows north to the sea.",
        ["The Nile is about 6,650 kilometres long,", "and it flows north to the sea."],
    ),
    "or before a word that begins a clause": (
        "Chlorophyll is a green pigment that leaves are full of and that catches light.",
        ["Chlorophyll is a green pigment", "that leaves are full of and that catches light."],
    ),
    "but not within a formula": (
        "The answer is $a equals b that c$ and so on.",
        ["The answer is $a equals b that c$", "and so on."],
    ),
    "nor with a clause of a few words": (
        "Well, that depends on the light. It does.",
        ["Well, that depends on the light.", "It does."],
    ),
    "later ones are sentences": (
        "Good question, I think. Leaves take in light, water and air. They make sugar.",
        ["Good question, I think.", "Leaves take in light, water and air.", "They make sugar."],
    ),
    "tiny sentences join the next": (
        "Yes. You are right about that. No! It is not so simple.",
        ["Yes. You are right about that.", "No! It is not so simple."],
    ),
    "titles and abbreviations": (
        "Dr. Smith met Mr. Jones, e.g. at 5 p.m. in the U.S. embassy. J. K. Rowling was there.",
        ["Dr. Smith met Mr. Jones, e.g. at 5 p.m. in the U.S. embassy.", "J. K. Rowling was there."],
    ),
    "numbers": (
        "Pi is about 3.14159 in all. It is 1,250.75 here.",
        ["Pi is about 3.14159 in all.", "It is 1,250.75 here."],
    ),
    "closing quotes stay": (
        'He said "Hello there." Then he left (in haste.) And we slept.',
        ['He said "Hello there."', "Then he left (in haste.)", "And we slept."],
    ),
    "marks in a row": ("Wait for it!!! Really?! She went away…", ["Wait for it!!!", "Really?! She went away…"]),
    "a list": (
        "You need three things:\n\n1. Some water\n2. Carbon dioxide\n- **Sunlight** too\n",
        ["You need three things:", "1. Some water", "2. Carbon dioxide", "- **Sunlight** too"],
    ),
    "a heading": ("# Photosynthesis\nPlants make food.", ["# Photosynthesis", "Plants make food."]),
    "code": (
        "Try this one:\n```python\nx = 1.  # One. Two.\n\nprint(x)\n```\nIt prints a one.",
        ["Try this one:", "```python\nx = 1.  # One. Two.\n\nprint(x)\n```", "It prints a one."],
    ),
    "formulas": (
        "So $a = 1. b, c$ holds. And $$x = 1. y$$ too. And \\(p. q\\) is fine.",
        ["So $a = 1. b, c$ holds.", "And $$x = 1. y$$ too.", "And \\(p. q\\) is fine."],
    ),
    "prices": (
        "It costs only $5. Then it was $10. That is a lot.",
        ["It costs only $5.", "Then it was $10.", "That is a lot."],
    ),
    "Chinese": (
        "光合作用是植物制造食物的过程，它需要阳光。叶子吸收二氧化碳！",
        ["光合作用是植物制造食物的过程，", "它需要阳光。", "叶子吸收二氧化碳！"],
    ),
    "Chinese, tiny": ("对。你说得很好。", ["对。你说得很好。"]),
    "Chinese, quotes": ("老师说：“你们好。”然后他走了。", ["老师说：“你们好。”", "然后他走了。"]),
    "mixed": ("这就是函数y=2x。2024年我们学Python吧！OK?", ["这就是函数y=2x。", "2024年我们学Python吧！", "OK?"]),
}


@pytest.mark.parametrize("name", TEXTS)
def test_where_a_text_is_cut(name: str) -> None:
    text, expected = TEXTS[name]

    assert cut(text) == expected


def test_a_sentence_is_given_out_with_the_character_behind_it() -> None:
    taken: list[str] = []

    def typed() -> Iterator[str]:
        for character in "Plants make sugar. They need light.":
            taken.append(character)
            yield character

    assert next(segments(typed())) == "Plants make sugar."
    assert "".join(taken) == "Plants make sugar. "


def test_nothing_gives_nothing() -> None:
    assert cut("") == []
    assert cut(" \n ") == []


@pytest.mark.parametrize("text", ["and on " * 200, "一直写下去" * 200, "a" * 2_000])
def test_what_has_no_end_is_cut_all_the_same(text: str) -> None:
    assert max(map(len, cut(text))) <= 2 * LONGEST


def test_a_fence_that_is_never_closed_is_cut_in_the_end() -> None:
    parts = cut("```\n" + "code and more " * 1_000)

    assert max(map(len, parts)) <= LONGEST_BLOCK + 1


def test_a_dollar_that_is_never_closed_holds_up_no_more_than_a_sentence_or_two() -> None:
    assert len(cut("Here $x is open. " + "And then the text goes on and on. " * 20)) > 10


MARKS = """
    Plants Dr. 3.14 $x$ $5 $ ``` `a.b` \\( \\) ** - 1. . , ! ? … “ ” " 。 ， ！ 你好 U.S. e.g. # |a| 🙂 muchlonger
"""
PIECES = st.sampled_from([*MARKS.split(), "\n", "\n\n", " ", " ", ". ", ", ", "long " * 20])
TEXT = st.lists(st.one_of(PIECES, st.text(max_size=5)), max_size=60).map("".join)


@given(TEXT)
def test_the_segments_are_the_whole_text(text: str) -> None:
    parts = cut(text)

    assert bare("".join(parts)) == bare(text)
    assert all(part == part.strip() != "" for part in parts)


@given(TEXT, st.lists(st.integers(1, 9), min_size=1))
def test_how_the_text_arrives_does_not_matter(text: str, sizes: list[int]) -> None:
    chunks, at = [], 0
    for size in sizes * (len(text) + 1):
        chunks.append(text[at : at + size])
        at += size
        if at >= len(text):
            break

    assert list(segments(chunks)) == cut(text)


@given(
    st.lists(
        st.sampled_from(["Some words. ", "More, of it. ", "$a. b, c$ ", "```\nx. y, z\n``` ", "\\[p. q\\] "]),
        max_size=20,
    )
)
def test_code_and_formulas_are_never_cut(parts: list[str]) -> None:
    for part in cut("".join(parts)):
        assert part.count("$") % 2 == 0
        assert part.count("```") % 2 == 0
        assert part.count("\\[") == part.count("\\]")
