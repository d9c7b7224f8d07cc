import pytest
from hypothesis import given
from hypothesis import strategies as st

from gpu_tasks.guard import Filter, Guard, HeldAnswer, HeldTopic, KeptBack, Rule

UNSAFE: Rule = {
    "name": "asks_for_data",
    "triggers": ["phone", "address"],
    "patterns": [r"\bwhat is your (phone|address)\b"],
    "harmless": [r"what is your address bar"],
    "instead": "Keep that to yourself.",
}
ANSWER: HeldAnswer = {
    "answers": ["84"],
    "task": "What is 12 * 7?",
    "asked": "",
    "distant": False,
    "instead": "Try it.",
}
TOPIC: HeldTopic = {
    "name": "Fractions",
    "terms": ["fraction", "分数"],
    "spared": ["fraction of a second"],
    "instead": "That comes later.",
}


def guard(
    *, rules: list[Rule] | None = None, answers: list[HeldAnswer] | None = None, topics: list[HeldTopic] | None = None
) -> Guard:
    return {"rules": rules or [], "answers": answers or [], "topics": topics or []}


def said(text: str, guard: Guard | None) -> str:
    return "".join(Filter(guard).through(text))


@given(st.lists(st.text()))
def test_without_a_guard_nothing_changes(pieces: list[str]) -> None:
    assert list(Filter(None).through(pieces)) == pieces
    assert list(Filter(guard()).through(pieces)) == pieces


@given(st.lists(st.text(alphabet="ab .!?\nphoneadrs。!")))
def test_what_is_harmless_gets_through_whole(pieces: list[str]) -> None:
    assert "".join(Filter(guard(rules=[UNSAFE], answers=[ANSWER])).through(pieces)) == "".join(pieces)


def test_with_rules_alone_a_reply_streams_as_it_comes() -> None:
    pieces = ["Plants", " need", " light", "."]

    assert list(Filter(guard(rules=[UNSAFE])).through(pieces)) == pieces


def test_a_sentence_with_a_trigger_waits_for_its_end() -> None:
    pieces = ["A ", "phone", " rings", ". ", "Listen"]

    assert list(Filter(guard(rules=[UNSAFE])).through(pieces)) == ["A ", "phone rings. ", "Listen"]


def test_words_take_the_place_of_what_must_not_be_said_and_of_all_that_follows() -> None:
    flow = Filter(guard(rules=[UNSAFE]))

    assert (
        "".join(flow.through("Good. What is your phone number? Tell me."))
        == "Good. What is your … Keep that to yourself."
    )
    assert flow.kept_back == KeptBack(why="asks_for_data", text="What is your phone number?")


def test_what_a_rule_names_harmless_gets_through() -> None:
    text = "What is your address bar showing?"

    assert said(text, guard(rules=[UNSAFE])) == text


@pytest.mark.parametrize("size", [1, 2, 5, 100])
def test_an_answer_is_never_out_however_the_text_arrives(size: int) -> None:
    text = "Split it: 10 times 7 is 70. Then it is 84. Good!"
    flow = Filter(guard(answers=[ANSWER]))
    pieces = list(flow.through(text[start : start + size] for start in range(0, len(text), size)))

    assert "".join(pieces) == "Split it: 10 times 7 is 70. Try it."
    assert flow.kept_back == KeptBack(why="answer", text="Then it is 84.")


def test_an_answer_in_a_block_of_code_is_not_out() -> None:
    assert "84" not in said("Look:\n```python\nprint(84)\n```\nSee?", guard(answers=[ANSWER]))


def test_a_decimal_point_ends_no_sentence() -> None:
    assert said("It is about 8.4 and 12.", guard(answers=[{**ANSWER, "answers": ["8.4"]}])) == "Try it."


@pytest.mark.parametrize("text", ["Fractions are parts.", "A fraction.", "这是分数。"])
def test_a_topic_that_is_withheld_is_not_named(text: str) -> None:
    assert said(text, guard(topics=[TOPIC])) == "That comes later."


@pytest.mark.parametrize("text", ["It takes a fraction of a second.", "Refraction bends light."])
def test_longer_words_that_may_be_said_are(text: str) -> None:
    assert said(text, guard(topics=[TOPIC])) == text
