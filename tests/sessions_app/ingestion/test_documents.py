import pytest

from gpu_tasks import media
from sessions_app.ingestion import documents
from sessions_app.ingestion.files import BadDocument
from sessions_app.models import Chunk, Document, KnowledgeBase
from tests.sessions_app import lessons
from tests.sessions_app.lessons import ingest, put_in

pytestmark = pytest.mark.django_db


def test_a_document_becomes_passages_with_page_and_heading(plants: KnowledgeBase) -> None:
    document = put_in(plants, "Plants.pdf", lessons.pdf(["Plants need light.", "Roots drink."], headings={1: "Light"}))

    assert (document.status, document.pages, document.problems) == ("ready", 2, [])
    assert [(chunk.page, chunk.heading, chunk.text) for chunk in document.chunks.all()] == [
        (1, "Light", "Plants need light."),
        (2, "Light", "Roots drink."),
    ]


def test_a_page_that_cannot_be_read_is_reported_and_the_rest_goes_in(plants: KnowledgeBase) -> None:
    broken = lessons.with_broken_page(lessons.pdf(["One is whole.", "Two is not.", "Three is whole."]), 2)

    document = put_in(plants, "Plants.pdf", broken)

    assert document.status == "ready"
    assert [problem["page"] for problem in document.problems] == [2]
    assert [chunk.page for chunk in document.chunks.all()] == [1, 3]


def test_the_same_file_again_is_not_read_again(plants: KnowledgeBase) -> None:
    ingest(plants, "Light", "Plants need light.")
    before = list(Chunk.objects.values_list("id", flat=True))

    again = documents.take_in(plants, "Light.md", b"Plants need light.")

    assert again.status == Document.Status.READY
    assert list(Chunk.objects.values_list("id", flat=True)) == before


def test_another_file_of_the_same_title_takes_the_place_of_the_old(plants: KnowledgeBase) -> None:
    ingest(plants, "Light", "Plants need light.")
    version = KnowledgeBase.objects.get(id=plants.id).version

    ingest(plants, "Light", "Something new.")

    assert list(Chunk.objects.values_list("text", flat=True)) == ["Something new."]
    assert KnowledgeBase.objects.get(id=plants.id).version > version


def test_until_the_new_file_is_read_the_old_passages_stand(plants: KnowledgeBase) -> None:
    ingest(plants, "Light", "Plants need light.")

    documents.take_in(plants, "Light.md", b"Something new.")

    assert list(Chunk.objects.values_list("text", flat=True)) == ["Plants need light."]


def test_a_document_nothing_of_which_can_be_read_has_failed_in_words(plants: KnowledgeBase) -> None:
    document = put_in(plants, "Secret.pdf", lessons.pdf(["Secret."], password="secret"))

    assert document.status == "failed"
    assert "password" in document.problems[0]["problem"]


def test_a_file_that_is_refused_leaves_nothing(plants: KnowledgeBase) -> None:
    with pytest.raises(BadDocument):
        documents.take_in(plants, "lesson.exe", b"MZ")

    assert not Document.objects.exists()


def test_a_file_that_was_replaced_while_it_was_read_writes_nothing(
    plants: KnowledgeBase, monkeypatch: pytest.MonkeyPatch
) -> None:
    old = documents.take_in(plants, "Light.md", b"Plants need light.")
    read_file = media.read

    def replaced_meanwhile(key: str) -> bytes:
        documents.take_in(plants, "Light.md", b"Something new.")
        return read_file(key)

    monkeypatch.setattr("sessions_app.ingestion.documents.media.read", replaced_meanwhile)
    documents.read(old)

    assert Document.objects.get().status == Document.Status.WAITING
    assert not Chunk.objects.exists()
