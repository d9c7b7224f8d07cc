"""What a document says, page by page. One reader per format, each over a library.

They run in a process of their own (`__main__`), which knows neither Django nor any secret: a document comes from
outside, and what breaks on it must break nothing else.
"""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TypedDict, final


@final
class Part(TypedDict):
    """A stretch of text under one heading on one page. `page` counts from 1; None in formats without pages."""

    page: int | None
    heading: str
    text: str


@final
class Problem(TypedDict):
    """What could not be read, in words for whoever put the document in."""

    page: int | None
    problem: str


@final
class Pages(TypedDict):
    """How many there are, told first."""

    pages: int


Record = Part | Problem | Pages
Reader = Callable[[Path, int], Iterator[Record]]
"""Takes the file, and from which page on to read."""


class Unreadable(Exception):
    """The document as a whole; the message is for whoever put it in."""


def reader(kind: str) -> Reader:
    from sessions_app.ingestion.readers import docx, markup, pdf, plain, pptx

    readers: dict[str, Reader] = {
        "pdf": pdf.read,
        "docx": docx.read,
        "pptx": pptx.read,
        "html": markup.read_html,
        "md": markup.read_markdown,
        "txt": plain.read,
    }
    return readers[kind]
