from collections.abc import Iterator
from pathlib import Path

from bs4 import BeautifulSoup, Tag
from markdown_it import MarkdownIt

from sessions_app.ingestion.readers import Record
from sessions_app.ingestion.readers.plain import text_of

HEADINGS = ("h1", "h2", "h3", "h4", "h5", "h6")
BLOCKS = (*HEADINGS, "p", "li", "pre", "blockquote", "tr", "dt", "dd", "figcaption")
NOT_CONTENT = ("script", "style", "nav", "header", "footer", "template", "noscript", "iframe", "svg", "form")


def read_markdown(file: Path, first: int) -> Iterator[Record]:
    yield from _parts(MarkdownIt("commonmark").enable("table").render(text_of(file.read_bytes())))


def read_html(file: Path, first: int) -> Iterator[Record]:
    yield from _parts(text_of(file.read_bytes()))


def _parts(html: str) -> Iterator[Record]:
    page = BeautifulSoup(html, "html.parser")
    for unwanted in page(NOT_CONTENT):
        unwanted.decompose()
    heading, text = "", list[str]()
    blocks = [block for block in page.find_all(BLOCKS) if not block.find(BLOCKS)]
    if not blocks:
        blocks = [page]
    for block in blocks:
        said = block.get_text(" ", strip=block.name != "pre").strip()
        if not said:
            continue
        if isinstance(block, Tag) and block.name in HEADINGS:
            if text:
                yield {"page": None, "heading": heading, "text": "\n\n".join(text)}
            heading, text = said, [said]
        else:
            text.append(said)
    if text:
        yield {"page": None, "heading": heading, "text": "\n\n".join(text)}
