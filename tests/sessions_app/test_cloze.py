"""Questions from cited sentences: a term is left out, and only it can stand there."""

import tomllib
from collections.abc import Iterator

import pytest

from sessions_app import cloze
from sessions_app.cloze import BLANK, CHOICES, Material, Passage, Question
from tests.environment import REPOSITORY

PLANTS = """Plants make glucose from water and carbon dioxide. The roots take in water from the soil.
Chlorophyll catches the energy of the sunlight. The glucose feeds the stem and the flower.
The carbon dioxide is let in through the stomata. The seeds fall on the ground in autumn."""


def sources(language: str) -> list[str]:
    whole = tomllib.loads((REPOSITORY / f"bench/data/material_{language}.toml").read_text(encoding="utf-8"))
    return [document["text"] for document in whole["documents"]]


def asked_of(texts: list[str], number: int = 20, seed: str = "s") -> list[Question]:
    return cloze.questions([Passage(text, "Doc", "Skill") for text in texts], Material(texts), number, seed)


def made(language: str) -> Iterator[tuple[Question, str]]:
    """Each question and the sentence that it is made of."""
    for question in asked_of(sources(language)):
        yield question, question.explanation.removesuffix(" (Doc)")


@pytest.mark.parametrize("language", ["en", "zh"])
def test_there_are_questions_in_both_languages(language: str) -> None:
    assert len(list(made(language))) >= 10


@pytest.mark.parametrize("language", ["en", "zh"])
def test_the_right_choice_makes_the_cited_sentence_again(language: str) -> None:
    for question, sentence in made(language):
        assert question.question.replace(BLANK, question.choices[question.correct]) == sentence


@pytest.mark.parametrize("language", ["en", "zh"])
def test_the_choices_are_four_and_differ(language: str) -> None:
    for question, _ in made(language):
        assert len({choice.lower() for choice in question.choices}) == CHOICES


@pytest.mark.parametrize("language", ["en", "zh"])
def test_no_wrong_choice_stands_in_the_sentence(language: str) -> None:
    for question, sentence in made(language):
        wrong = [choice for place, choice in enumerate(question.choices) if place != question.correct]
        assert not [choice for choice in wrong if cloze.occurs(choice, sentence)]


@pytest.mark.parametrize("language", ["en", "zh"])
def test_the_question_does_not_hold_its_answer(language: str) -> None:
    for question, _ in made(language):
        assert not cloze.occurs(question.choices[question.correct], question.question)


def test_words_that_belong_together_are_one_term() -> None:
    assert "carbon dioxide" in Material([PLANTS]).kinds


def test_no_two_questions_have_the_same_answer() -> None:
    answers = [question.choices[question.correct].lower() for question in asked_of([PLANTS])]
    assert len(answers) == len(set(answers)) > 0


def test_the_same_session_gets_the_same_questions() -> None:
    assert asked_of([PLANTS], seed="one") == asked_of([PLANTS], seed="one")


def test_a_sentence_that_points_to_another_is_not_asked() -> None:
    assert not [
        each
        for each in asked_of(["It keeps the glucose in the leaf for the winter. " + PLANTS])
        if "It keeps" in each.question
    ]


@pytest.mark.parametrize("text", ["", "Plants need light.", "# # #", "1 2 3 4 5", "Why? " * 40])
def test_of_too_little_nothing_is_asked(text: str) -> None:
    assert asked_of([text]) == []


def test_each_skill_has_its_question_before_one_has_two() -> None:
    texts = PLANTS.splitlines()
    passages = [Passage(text, "Doc", f"Skill {number}") for number, text in enumerate(texts)]
    found = cloze.questions(passages, Material(texts), 3, "s")
    assert len({question.skill for question in found}) == len(found)
