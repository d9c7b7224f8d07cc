import pytest

from sessions_app.models import KnowledgeBase
from sessions_app.retrieval import RELEVANCE_GATE, TOP, Index, index_of, terms
from tests.sessions_app.lessons import CHINESE, ingest, pdf, put_in

LESSON = """# Roots

Roots take in water from the soil.

# Stomata

Stomata let carbon dioxide into the leaf.

# Chlorophyll

Chlorophyll is the green colour of the leaf."""


@pytest.fixture
def lesson(plants: KnowledgeBase) -> Index:
    ingest(plants, "Photosynthesis", LESSON)
    plants.refresh_from_db()
    return index_of([plants])


def test_the_passage_that_speaks_of_the_question_is_found_first(lesson: Index) -> None:
    found = lesson.find("water from the soil")

    assert "Roots take in water from the soil." in found[0].chunk.text
    assert all(each.score >= RELEVANCE_GATE for each in found)


def test_a_question_about_something_else_finds_nothing(lesson: Index) -> None:
    assert lesson.find("football") == []


@pytest.mark.parametrize("text", ["", "  ", "?!"])
def test_no_question_finds_nothing(lesson: Index, text: str) -> None:
    assert lesson.find(text) == []


def test_without_material_nothing_is_found() -> None:
    assert Index([]).find("water from the soil") == []


def test_only_the_best_few_are_quoted(plants: KnowledgeBase) -> None:
    ingest(plants, "Water", "\n\n".join(f"# Water {number}\n\nWater is wet, {number}." for number in range(10)))

    assert len(index_of([plants]).find("Water is wet")) == TOP


def test_a_changed_document_is_found_at_once(lesson: Index, plants: KnowledgeBase) -> None:
    ingest(plants, "Photosynthesis", "Cats drink milk.")
    plants.refresh_from_db()

    assert index_of([plants]).chunks[0].text == "Cats drink milk."


def test_the_index_of_unchanged_material_is_made_once(lesson: Index, plants: KnowledgeBase) -> None:
    assert index_of([plants]) is lesson


def test_keywords_are_words_and_pairs_of_chinese_characters() -> None:
    assert terms("The Roots drink H2O, 光合作用!") == ["the", "root", "drink", "h2o", "光合", "合作", "作用"]


@pytest.mark.parametrize(
    ("pages", "font", "question"),
    [
        (
            ["Roots take in water from the soil.", "Stomata let carbon dioxide into the leaf."],
            "Helvetica",
            "carbon dioxide",
        ),
        (["根从土壤里吸收水分。", "气孔让二氧化碳进入叶子。"], CHINESE, "二氧化碳"),
    ],
)
def test_what_is_cited_stands_in_the_document_on_that_page(
    plants: KnowledgeBase, pages: list[str], font: str, question: str
) -> None:
    put_in(plants, "plants.pdf", pdf(pages, font=font))
    plants.refresh_from_db()
    index = index_of([plants])

    assert index.chunks
    for chunk in index.chunks:
        assert "".join(chunk.text.split()) in "".join(pages[(chunk.page or 0) - 1].split())
    assert next(found.chunk.page for found in index.find(question, gate=0)) == 2
