"""What a language model writes is asked only when it stands up to the passage that it is about."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sessions_app import written_checks
from sessions_app.cloze import Passage

PASSAGES = [
    Passage("The roots take in water from the soil. Leaves are green.", "Plants, 2", "Roots"),
    Passage("水从土壤经过根进入植物。叶绿素使叶子呈绿色。", "植物", "根"),
]
SOUND: dict[str, Any] = {
    "question": "What do the roots take in?",
    "choices": ["Water", "Light", "Sugar", "Oxygen"],
    "correct": 0,
    "passage": 1,
    "quote": "The roots take in water from the soil.",
}


def read(*entries: Any) -> list[Any]:
    return written_checks.read(json.dumps(entries), PASSAGES, "s")


def test_a_sound_question_is_taken_with_its_passage() -> None:
    (question,) = read(SOUND)

    assert question.choices[question.correct] == "Water"
    assert sorted(question.choices) == sorted(SOUND["choices"])
    assert question.explanation == "The roots take in water from the soil. (Plants, 2)"
    assert question.skill == "Roots"


def test_one_in_chinese_too() -> None:
    entry = {
        "question": "什么使叶子呈绿色？",
        "choices": ["叶绿素", "水", "土壤", "阳光"],
        "correct": 0,
        "passage": 2,
        "quote": "叶绿素使叶子呈绿色。",
    }
    assert len(read(entry)) == 1


def test_what_is_around_the_list_does_not_matter() -> None:
    text = f"Here you are:\n```json\n{json.dumps([SOUND])}\n```\nGood luck!"
    assert len(written_checks.read(text, PASSAGES, "s")) == 1


@pytest.mark.parametrize(
    "change",
    [
        {"correct": 1},  # light: the passage does not say so
        {"correct": 4},
        {"correct": "0"},
        {"passage": 3},
        {"passage": 0},
        {"quote": "The roots take in light."},  # stands nowhere
        {"quote": ""},
        {"quote": "Leaves are green."},  # does not hold the answer
        {"choices": ["Water", "water", "Sugar", "Oxygen"]},
        {"choices": ["Water", "Light", "Sugar"]},
        {"choices": ["Water", "The soil", "Sugar", "Oxygen"]},  # stands in the quote as well
        {"choices": ["Water", "Light", "All of the above", "Oxygen"]},
        {"choices": ["Water", "Light", "", "Oxygen"]},
        {"choices": ["Water", "Light", "x" * 200, "Oxygen"]},
        {"question": ""},
        {"question": "Do the roots take in water?"},
    ],
)
def test_an_unsound_question_is_not_asked(change: dict[str, Any]) -> None:
    assert read(SOUND | change) == []


@pytest.mark.parametrize("text", ["", "I cannot.", "[", "[1, 2]", '{"question": "?"}', "[[]]", "]["])
def test_what_is_no_list_of_questions_is_none(text: str) -> None:
    assert written_checks.read(text, PASSAGES, "s") == []


@given(st.recursive(st.none() | st.booleans() | st.integers() | st.text(max_size=20), st.lists, max_leaves=8))
def test_whatever_json_comes_is_read_without_an_error(value: Any) -> None:
    read(value, {"question": value}, SOUND | {"quote": value})


def test_the_same_question_twice_is_asked_once() -> None:
    assert len(read(SOUND, SOUND)) == 1
