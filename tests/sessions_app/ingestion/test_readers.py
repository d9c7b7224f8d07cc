from pathlib import Path

import pytest

from sessions_app.ingestion.readers import Record, Unreadable
from sessions_app.ingestion.reading import records
from tests.sessions_app import lessons


def read(tmp_path: Path, kind: str, content: bytes) -> list[Record]:
    file = tmp_path / f"document.{kind}"
    file.write_bytes(content)
    return list(records(kind, file))


def test_a_pdf_is_read_page_by_page_with_the_headings_of_its_outline(tmp_path: Path) -> None:
    content = lessons.pdf(
        ["Plants need light.", "Roots take\nin water.", "Leaves breathe."], headings={1: "Light", 3: "Air"}
    )

    pages, *parts = read(tmp_path, "pdf", content)

    assert pages == {"pages": 3}
    assert [(part.get("page"), part.get("heading")) for part in parts] == [(1, "Light"), (2, "Light"), (3, "Air")]
    assert "Plants need light." in str(parts[0])


def test_a_chinese_pdf_is_read(tmp_path: Path) -> None:
    content = lessons.pdf(["植物需要阳光和水。"], font=lessons.CHINESE)

    assert "植物需要阳光和水。" in str(read(tmp_path, "pdf", content))


def test_a_broken_page_costs_only_itself(tmp_path: Path) -> None:
    content = lessons.with_broken_page(lessons.pdf(["One is whole.", "Two is not.", "Three is whole."]), 2)

    _, *parts = read(tmp_path, "pdf", content)

    assert [part.get("page") for part in parts] == [1, 2, 3]
    assert "problem" in parts[1]
    assert "Three is whole." in str(parts[2])


def test_a_page_without_text_is_told(tmp_path: Path) -> None:
    _, _, blank = read(tmp_path, "pdf", lessons.pdf(["Text.", ""]))

    assert blank == {"page": 2, "problem": "There is no text on the page; is it a scan?"}


def test_a_pdf_with_a_password_is_refused_in_words(tmp_path: Path) -> None:
    with pytest.raises(Unreadable, match="password"):
        read(tmp_path, "pdf", lessons.pdf(["Secret."], password="secret"))


def test_a_word_document_keeps_pages_and_headings(tmp_path: Path) -> None:
    content = lessons.word([["# 光合作用", "植物需要阳光。"], ["根吸收水分。", "# 叶子", "叶子呼吸。"]])

    *parts, pages = read(tmp_path, "docx", content)

    assert pages == {"pages": 2}
    assert [(part.get("page"), part.get("heading")) for part in parts] == [
        (1, "光合作用"),
        (2, "光合作用"),
        (2, "叶子"),
    ]
    assert "叶子呼吸。" in str(parts[2])


def test_a_slide_is_a_page_under_its_title(tmp_path: Path) -> None:
    pages, *parts = read(tmp_path, "pptx", lessons.slides([("Light", "Plants need light."), ("Water", "Roots drink.")]))

    assert pages == {"pages": 2}
    assert [(part.get("page"), part.get("heading")) for part in parts] == [(1, "Light"), (2, "Water")]


def test_markdown_and_html_are_read_under_their_headings(tmp_path: Path) -> None:
    markdown = read(tmp_path, "md", b"# Light\n\nPlants *need* light.\n\n## Water\n\n- Roots drink.\n")
    html = read(tmp_path, "html", b"<h1>Light</h1><script>alert(1)</script><p>Plants <b>need</b> light.</p>")

    assert [part.get("heading") for part in markdown] == ["Light", "Water"]
    assert "Plants need light." in str(markdown[0])
    assert "alert" not in str(html)
    assert "Plants need light." in str(html)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "gb18030"])
def test_text_is_read_in_the_encoding_it_came_in(tmp_path: Path, encoding: str) -> None:
    text = "植物的生长需要阳光、水和二氧化碳。叶子里的叶绿素吸收阳光的能量。"

    assert text in str(read(tmp_path, "txt", text.encode(encoding)))


@pytest.mark.parametrize("kind", ["pdf", "docx", "pptx"])
def test_a_damaged_document_is_refused_in_words(tmp_path: Path, kind: str) -> None:
    with pytest.raises(Unreadable, match="damaged"):
        read(tmp_path, kind, b"%PDF-1.7 and nothing else")


def test_a_reader_that_dies_on_a_page_goes_on_with_the_next(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    # A reader whose process is killed on page 2, as a fault in a C library would.
    package = tmp_path / "sessions_app" / "ingestion" / "readers"
    package.mkdir(parents=True)
    (package / "__main__.py").write_text(
        "import json, os, sys\n"
        "print(json.dumps({'pages': 3}), flush=True)\n"
        "for page in range(int(sys.argv[3]), 4):\n"
        "    if page == 2: os.abort()\n"
        "    print(json.dumps({'page': page, 'heading': '', 'text': f'Page {page}.'}), flush=True)\n"
    )
    monkeypatch.setattr("gpu_tasks.bounded.ROOT", tmp_path)

    found = read(tmp_path, "pdf", b"%PDF-")

    assert [("problem" in record, record.get("page")) for record in found[1:]] == [(False, 1), (True, 2), (False, 3)]
