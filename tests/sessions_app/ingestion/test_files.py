import io
import zipfile

import pytest

from sessions_app.ingestion import files
from tests.sessions_app import lessons


def zip_of(**entries: bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in entries.items():
            archive.writestr(name.replace("__", "/"), content)
    return out.getvalue()


@pytest.mark.parametrize(
    ("name", "content", "kind"),
    [
        ("Lesson.PDF", lessons.pdf(["Text."]), "pdf"),
        ("lesson.docx", lessons.word([["Text."]]), "docx"),
        ("lesson.pptx", lessons.slides([("Title", "Text.")]), "pptx"),
        ("lesson.markdown", b"# Text", "md"),
        ("lesson.htm", b"<p>Text", "html"),
        ("lesson.txt", "文本".encode("utf-16"), "txt"),
    ],
)
def test_the_formats_of_a_school_are_known(name: str, content: bytes, kind: str) -> None:
    assert files.kind_of(name, content) == kind


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("lesson.exe", b"MZ", "Only PDF"),
        ("lesson", b"text", "Only PDF"),
        ("lesson.pdf", b"", "empty"),
        ("lesson.pdf", b"PK\x03\x04", "not a PDF"),
        ("lesson.docx", b"%PDF-1.7", "not a Word document"),
        ("lesson.docx", lessons.slides([("Title", "Text.")]), "not a Word document"),
        ("lesson.pptx", lessons.word([["Text."]]), "not a PowerPoint"),
        ("lesson.txt", b"\x7fELF\0\0", "not a text file"),
    ],
)
def test_what_is_not_what_its_name_says_is_refused_in_words(name: str, content: bytes, words: str) -> None:
    with pytest.raises(files.BadDocument, match=words):
        files.kind_of(name, content)


def test_a_file_over_the_limit_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(files, "MAX_BYTES", 10)

    with pytest.raises(files.BadDocument, match="larger"):
        files.kind_of("lesson.txt", b"eleven bytes")


def test_a_zip_bomb_is_refused_before_it_is_unpacked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(files, "MAX_UNPACKED", 1_000_000)
    bomb = zip_of(**{"word__document.xml": bytes(files.MAX_UNPACKED + 1)})

    with pytest.raises(files.BadDocument, match="unpacked"):
        files.kind_of("lesson.docx", bomb)
