from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

from gpu_tasks.engines.embedding.base import EmbeddingEngine
from gpu_tasks.engines.embedding.fake import FakeEmbedding
from gpu_tasks.engines.embedding.use import UniversalSentenceEncoder


@pytest.fixture(
    scope="module",
    params=[FakeEmbedding, pytest.param(UniversalSentenceEncoder, marks=pytest.mark.engines)],
)
def engine(request: pytest.FixtureRequest) -> EmbeddingEngine:
    made: EmbeddingEngine = request.param()
    return made


def test_rows_are_of_length_one(engine: EmbeddingEngine) -> None:
    rows = engine.embed(["Where does a river begin?", "", "🙂", "什么是三角洲？", "word " * 3_000])

    assert rows.shape == (5, engine.dimensions)
    assert rows.dtype == np.float32
    np.testing.assert_allclose(np.linalg.norm(rows, axis=1), 1, atol=1e-3)


def test_no_texts_give_no_rows(engine: EmbeddingEngine) -> None:
    assert engine.embed([]).shape == (0, engine.dimensions)


def test_a_text_has_the_same_vector_alone_and_among_others(engine: EmbeddingEngine) -> None:
    texts = ["A delta grows at the sea.", "Leaves take in carbon dioxide.", "We use the past simple."]
    together = engine.embed(texts)

    for row, text in zip(together, texts, strict=True):
        np.testing.assert_allclose(engine.embed([text])[0], row, atol=1e-3)


@pytest.fixture(scope="module")
def encoder() -> UniversalSentenceEncoder:
    return UniversalSentenceEncoder()


@pytest.mark.engines
@pytest.mark.parametrize(
    ("question", "passage"),
    [
        ("How do plants get their food?", 0),
        ("Where does the river reach the ocean?", 1),
        ("How do I talk about something finished last year?", 2),
        ("植物怎样制造食物？", 0),
        ("河流在哪里入海？", 1),
    ],
)
def test_a_question_is_near_the_passage_that_answers_it(
    encoder: UniversalSentenceEncoder, question: str, passage: int
) -> None:
    passages = [
        "Photosynthesis: leaves use sunlight to turn carbon dioxide and water into glucose.",
        "The mouth of a river is where it flows into the sea.",
        "The past simple is used when we say when something happened.",
    ]
    likeness = encoder.embed(passages) @ encoder.embed([question])[0]

    assert int(np.argmax(likeness)) == passage


@pytest.mark.engines
def test_threads_do_not_disturb_one_another() -> None:
    engine = UniversalSentenceEncoder()
    with ThreadPoolExecutor(4) as pool:
        rows = list(pool.map(lambda _: engine.embed(["Where does a river begin?"])[0], range(8)))

    assert all(np.array_equal(row, rows[0]) for row in rows)
