import logging
from collections.abc import Iterator
from pathlib import Path

import pypdfium2
import pypdfium2.raw

from sessions_app.ingestion.readers import Record, Unreadable

logger = logging.getLogger(__name__)

SOFT_HYPHENS = ("￾", "\x02", "\xad")
"""What PDFium gives for a hyphen at which a word was broken between lines."""


def read(file: Path, first: int) -> Iterator[Record]:
    document = _open(file)
    yield {"pages": len(document)}
    headings = _headings(document)
    for number in range(1, len(document) + 1):
        heading = headings.get(number, headings.get(number - 1, ""))
        headings[number] = heading
        if number < first:
            continue
        try:
            text = document[number - 1].get_textpage().get_text_range()
        except pypdfium2.PdfiumError as error:
            logger.warning("page %s: %s", number, error)
            yield {"page": number, "problem": "The page is damaged."}
            continue
        if text.strip():
            yield {"page": number, "heading": heading, "text": _joined(text)}
        else:
            yield {"page": number, "problem": "There is no text on the page; is it a scan?"}


def _open(file: Path) -> pypdfium2.PdfDocument:
    try:
        return pypdfium2.PdfDocument(file)
    except pypdfium2.PdfiumError as error:
        if getattr(error, "err_code", None) == pypdfium2.raw.FPDF_ERR_PASSWORD:
            raise Unreadable("The document is protected by a password. Please save it without one.") from error
        raise Unreadable("The PDF is damaged and cannot be opened.") from error


def _headings(document: pypdfium2.PdfDocument) -> dict[int, str]:
    """From the outline: where a page begins several, the first."""
    headings: dict[int, str] = {}
    try:
        for entry in document.get_toc(max_depth=4):
            destination = entry.get_dest()
            index = destination.get_index() if destination else None
            if index is not None and (title := entry.get_title().strip()):
                headings.setdefault(index + 1, title)
    except pypdfium2.PdfiumError as error:
        logger.warning("outline: %s", error)
    return headings


def _joined(text: str) -> str:
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    for hyphen in SOFT_HYPHENS:
        text = text.replace(f"{hyphen}\n", "").replace(hyphen, "")
    return text
