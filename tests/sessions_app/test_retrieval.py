import pytest
from hypothesis import given
from hypothesis import strategies as st

from sessions_app.ingestion import CHUNK_CHARACTERS, ingest, passages_of
from sessions_app.models import Chunk, KnowledgeBase
from sessions_app.retrieval import SCORE_GATE, TOP, find

LESSON = """Roots take in water from the soil.

Stomata let carbon dioxide into the leaf.

Chlorophyll is the green colour of the leaf."""


@pytest.fixture
def lesson(plants: KnowledgeBase) -> list[Chunk]:
    return list(ingest(plants, "Photosynthesis", LESSON).chunks.all())


def test_the_passage_that_speaks_of_the_question_is_found_first(lesson: list[Chunk]) -> None:
    found = find("water from the soil", lesson)

    assert found[0].chunk.text == "Roots take in water from the soil."
    assert [each.score for each in found] == sorted((each.score for each in found), reverse=True)
    assert all(each.score >= SCORE_GATE for each in found)


def test_a_question_about_something_else_finds_nothing(lesson: list[Chunk]) -> None:
    assert find("football", lesson) == []


@pytest.mark.parametrize("text", ["", "  "])
def test_no_question_finds_nothing(lesson: list[Chunk], text: str) -> None:
    assert find(text, lesson) == []


def test_without_material_nothing_is_found(lesson: list[Chunk]) -> None:
    assert find("water from the soil", []) == []


def test_only_the_best_few_are_quoted(plants: KnowledgeBase) -> None:
    water = ingest(plants, "Water", "\n\n".join(f"Water is wet, {number}." for number in range(10)))

    assert len(find("Water is wet", list(water.chunks.all()))) == TOP


def test_the_same_text_again_keeps_its_passages(lesson: list[Chunk], plants: KnowledgeBase) -> None:
    before = list(Chunk.objects.values_list("id", flat=True))

    ingest(plants, "Photosynthesis", LESSON)

    assert list(Chunk.objects.values_list("id", flat=True)) == before


def test_another_text_takes_the_place_of_the_old_one(lesson: list[Chunk], plants: KnowledgeBase) -> None:
    ingest(plants, "Photosynthesis", "Something new.")

    assert list(Chunk.objects.values_list("text", flat=True)) == ["Something new."]


def test_paragraphs_are_passages() -> None:
    assert passages_of(LESSON) == LESSON.split("\n\n")


def test_a_long_paragraph_is_cut_between_sentences() -> None:
    sentence = "This sentence has some words in it."

    passages = passages_of(" ".join([sentence] * 40))

    assert len(passages) > 1
    assert all(len(passage) <= CHUNK_CHARACTERS for passage in passages)
    assert all(passage.endswith(".") for passage in passages)


@given(st.text(alphabet="ab .\n。!", max_size=1500))
def test_no_word_is_lost_and_none_comes_twice(text: str) -> None:
    assert "".join("".join(passages_of(text)).split()) == "".join(text.split())
