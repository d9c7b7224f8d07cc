from collections.abc import Iterator
from pathlib import Path

import docx
from docx.opc.exceptions import PackageNotFoundError
from docx.oxml.ns import qn
from docx.table import Table
from docx.text.paragraph import Paragraph

from sessions_app.ingestion.readers import Record, Unreadable
from sessions_app.ingestion.readers.office import DAMAGED


def read(file: Path, first: int) -> Iterator[Record]:
    """Pages are those which Word saw when it saved the file last; without its marks the document has one."""
    try:
        document = docx.Document(str(file))
    except (PackageNotFoundError, *DAMAGED) as error:
        raise Unreadable("The Word document is damaged and cannot be opened.") from error
    page, heading, text = 1, "", list[str]()
    for block in document.iter_inner_content():
        level = _heading(block)
        breaks = _page_breaks(block)
        if text and (level or breaks):
            yield {"page": page, "heading": heading, "text": "\n\n".join(text)}
            text = []
        page += breaks
        if level and isinstance(block, Paragraph):
            heading = block.text.strip()
        said = _text(block)
        if said:
            text.append(said)
    if text:
        yield {"page": page, "heading": heading, "text": "\n\n".join(text)}
    yield {"pages": page}


def _heading(block: Paragraph | Table) -> bool:
    if not isinstance(block, Paragraph) or not block.text.strip():
        return False
    name = (block.style.name if block.style else None) or ""
    return name.startswith(("Heading", "Title", "标题"))


def _page_breaks(block: Paragraph | Table) -> int:
    element = block._element
    written = sum(1 for mark in element.iter(qn("w:br")) if mark.get(qn("w:type")) == "page")
    # Word marks a break that somebody set once more where it laid the next page out.
    return max(written, sum(1 for _ in element.iter(qn("w:lastRenderedPageBreak"))))


def _text(block: Paragraph | Table) -> str:
    if isinstance(block, Paragraph):
        return block.text.strip()
    rows = (" | ".join(dict.fromkeys(cell.text.strip() for cell in row.cells)) for row in block.rows)
    return "\n".join(row for row in rows if row.strip(" |"))
