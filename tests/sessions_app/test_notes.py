"""The parts of a summary: read from what a model wrote, or put together from the turns."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sessions_app import notes
from sessions_app.models import Session, Turn, Tutor
from sessions_app.notes import MAX_PART, Notes
from sessions_app.tokens import estimate

CITED = [{"number": 1, "document": "Photosynthesis", "page": 2, "quote": "Plants need light."}]


def lesson(*said: tuple[str, str], language: str = "en") -> tuple[Session, list[Turn]]:
    session = Session(tutor=Tutor(name="Ada", language=language))
    turns = [
        Turn(number=number, user_text=asked, reply_text=replied, citations=CITED if replied.endswith("[1]") else [])
        for number, (asked, replied) in enumerate(said, 1)
    ]
    return session, turns


# Written by a model


@pytest.mark.parametrize(
    "text",
    [
        "ASKED:\nHow plants eat.\nHARD:\nThe stomata.\nNEXT:\nDraw a leaf.",
        "**ASKED:** How plants eat.\n\n**HARD:** The stomata.\n\n**NEXT:** Draw a leaf.",
        "## Asked\nHow plants eat.\n## Hard\nThe stomata.\n## Next steps\nDraw a leaf.",
        "1. ASKED: How plants eat.\n2. HARD: The stomata.\n3. NEXT: Draw a leaf.",
        "<think>ASKED: what?</think>Notes:\nasked: How plants eat.\nhard: The stomata.\nnext: Draw a leaf.",
        "问了什么：How plants eat.\n难点：The stomata.\n下一步：Draw a leaf.",
    ],
)
def test_the_three_parts_are_read_however_they_are_marked(text: str) -> None:
    assert notes.read(text) == Notes("How plants eat.", "The stomata.", "Draw a leaf.")


@pytest.mark.parametrize(
    "text",
    [
        "",
        "I cannot do that.",
        "ASKED: leaves\nNEXT: more",
        "ASKED:\nHARD:\nNEXT:",
        "ASKED: a\nASKED: b\nHARD: c\nNEXT: d",
    ],
)
def test_anything_else_is_no_summary(text: str) -> None:
    assert notes.read(text) is None


def test_nothing_hard_may_be_said_with_a_dash() -> None:
    read = notes.read("ASKED: leaves\nHARD: -\nNEXT: roots")

    assert read is not None
    assert read.hard == ""


@given(st.text(max_size=300))
def test_whatever_a_model_writes_is_read_without_an_error(text: str) -> None:
    notes.read(text)
    read = notes.read(f"ASKED: {text}x\nHARD: {text}\nNEXT: {text}x")
    assert read is None or len(read.asked) <= MAX_PART


@given(st.integers(150, 4_000))
def test_the_prompt_keeps_within_its_room(room: int) -> None:
    session, turns = lesson(*[(f"Question {n}? " + "why " * n, "Because. " * 80) for n in range(30)])
    asked = notes.request(session, turns, room)

    fixed = estimate(asked[0]["content"])
    assert sum(estimate(message["content"]) for message in asked) <= max(room, fixed + estimate(""))


def test_the_prompt_rather_has_what_was_said_last() -> None:
    session, turns = lesson(*[(f"Question {n}?", "Because. " * 80) for n in range(30)])

    told = notes.request(session, turns, 900)[1]["content"]

    assert "Question 29?" in told
    assert "Question 0?" not in told


# Put together


def test_the_questions_are_listed_once_each() -> None:
    session, turns = lesson(("What is light?", "It is. [1]"), ("What is light?", "It is. [1]"))

    assert notes.by_code(session, turns, has_material=True).asked == "- What is light?"


def test_what_was_asked_again_was_hard_and_is_to_be_gone_through() -> None:
    session, turns = lesson(
        ("What is light?", "A wave. [1]"),
        ("Please explain that again, in another way.", "Like water. [1]"),
        ("Please explain that in simpler words.", "Ripples. [1]"),
    )
    made = notes.by_code(session, turns, has_material=True)

    assert made.asked == "- What is light?"
    assert made.hard == "- asked to be explained again: What is light?"
    assert "Go once more through: What is light?" in made.next_steps


def test_what_the_material_does_not_speak_of_is_for_the_teacher() -> None:
    session, turns = lesson(("Who was Caesar?", "I do not know."), ("What is light?", "A wave. [1]"))
    made = notes.by_code(session, turns, has_material=True)

    assert made.hard == "- not found in the material: Who was Caesar?"
    assert "Read in the material: Photosynthesis, page 2" in made.next_steps
    assert "Ask your teacher about: Who was Caesar?" in made.next_steps


def test_a_tutor_without_material_is_not_blamed_for_it() -> None:
    session, turns = lesson(("Who was Caesar?", "A Roman."))

    assert notes.by_code(session, turns, has_material=False).hard == ""


def test_what_was_wrong_in_the_check_was_hard() -> None:
    session, turns = lesson(("What is light?", "A wave. [1]"))

    assert "Stomata" in notes.by_code(session, turns, has_material=True, missed=["Stomata", "Stomata"]).hard


def test_it_is_in_the_language_of_the_tutor() -> None:
    session, turns = lesson(("光是什么？", "是一种波。[1]"), ("请换一种方式再解释一遍。", "像水波。[1]"), language="zh")

    assert notes.by_code(session, turns, has_material=True).hard == "- 请老师重新讲过：光是什么？"
