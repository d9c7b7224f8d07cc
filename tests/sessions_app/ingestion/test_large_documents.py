"""As large as a school's books. How long it takes is logged, not asserted."""

import logging
import time
from random import Random

from sessions_app.models import Document, KnowledgeBase
from tests.sessions_app import lessons

logger = logging.getLogger(__name__)
ENGLISH = ["river", "mountain", "cell", "energy", "light", "water", "carbon", "plant", "animal", "rock", "sound"]
CHINESE = "植物需要阳光水和二氧化碳才能进行光合作用细胞是生命的基本单位河流从山上流向大海声音在空气中传播"


def read(base: KnowledgeBase, name: str, content: bytes) -> Document:
    began = time.monotonic()
    document = lessons.put_in(base, name, content)
    logger.info("%s: %d passages in %.1f s", name, document.chunks.count(), time.monotonic() - began)
    return document


def pages_with_passages(document: Document) -> set[int | None]:
    return set(document.chunks.values_list("page", flat=True))


def test_a_book_of_300_pages_is_read_page_by_page(plants: KnowledgeBase) -> None:
    chance = Random(1)
    lines = [[" ".join(chance.choices(ENGLISH, k=11)).capitalize() + "." for _ in range(30)] for _ in range(300)]
    book = lessons.pdf([f"Chapter {number}\n" + "\n".join(page) for number, page in enumerate(lines, 1)])

    document = read(plants, "Book.pdf", book)

    assert (document.status, document.pages, document.problems) == (Document.Status.READY, 300, [])
    assert pages_with_passages(document) == set(range(1, 301))


def test_a_chinese_document_of_100_pages_is_read_page_by_page(plants: KnowledgeBase) -> None:
    chance = Random(2)

    def paragraph() -> str:
        return "".join("".join(chance.choices(CHINESE, k=22)) + "。" for _ in range(10))

    pages = [[f"# 第{number}章", paragraph(), paragraph(), paragraph()] for number in range(1, 101)]

    document = read(plants, "课本.docx", lessons.word(pages))

    assert (document.status, document.pages, document.problems) == (Document.Status.READY, 100, [])
    assert pages_with_passages(document) == set(range(1, 101))
