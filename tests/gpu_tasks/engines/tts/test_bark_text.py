import pytest
from hypothesis import given
from hypothesis import strategies as st

from gpu_tasks.engines.tts.bark_text import LONGEST, is_plausible, portions, seconds

TEXTS = st.text("ab .,!?;:—\n你好，。！", max_size=300)


def test_sentences_are_said_one_at_a_time() -> None:
    assert portions("Plants need water and light. They also need some air to live!") == [
        "Plants need water and light.",
        "They also need some air to live!",
    ]
    assert portions("光合作用需要阳光和水。植物还需要二氧化碳！") == ["光合作用需要阳光和水。", "植物还需要二氧化碳！"]


def test_a_very_short_sentence_joins_the_next_one() -> None:
    assert portions("Yes. That is exactly what it means.") == ["Yes. That is exactly what it means."]


def test_a_long_sentence_is_cut_at_a_clause() -> None:
    clause = "and this goes on for quite a while without a stop"
    parts = portions(", ".join([clause] * 6) + ".")

    assert len(parts) == 3
    assert all(part.endswith((",", ".")) for part in parts)


@pytest.mark.parametrize("text", ["", " ", "…", "?!", "——"])
def test_there_may_be_nothing_to_say(text: str) -> None:
    assert portions(text) == []


def test_a_sound_without_end_is_implausible() -> None:
    assert is_plausible("Plants need water and light.", 2.1)
    assert not is_plausible("Plants need water and light.", 13.0)
    assert not is_plausible("Photosynthesis is how plants turn light, water and air into sugar.", 0.9)
    assert is_plausible("光合作用需要阳光和水。", 2.4)


@given(TEXTS)
def test_portions_are_short_enough_and_leave_nothing_out(text: str) -> None:
    parts = portions(text)

    assert [c for part in parts for c in part if c.isalnum()] == [c for c in text if c.isalnum()]
    assert all(seconds(part) <= LONGEST or " " not in part for part in parts)
