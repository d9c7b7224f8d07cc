"""Whether a file may come in at all, before any library opens it."""

import io
import zipfile
from pathlib import PurePath

MAX_BYTES = 50 * 1024 * 1024
MAX_UNPACKED = 500 * 1024 * 1024
MAX_ENTRIES = 10_000
OFFICE = {"docx": ("word/document.xml", "Word document"), "pptx": ("ppt/presentation.xml", "PowerPoint presentation")}
SUFFIXES = {
    ".pdf": "pdf",
    ".docx": "docx",
    ".pptx": "pptx",
    ".md": "md",
    ".markdown": "md",
    ".html": "html",
    ".htm": "html",
    ".txt": "txt",
}


TOO_LARGE = f"The file is larger than {MAX_BYTES // 1024**2} MB. Please split it."


class BadDocument(ValueError):
    """The message is for whoever put the document in."""


def kind_of(name: str, content: bytes) -> str:
    """The format, by the name and held against the content. Raises BadDocument."""
    kind = SUFFIXES.get(PurePath(name).suffix.lower())
    if kind is None:
        raise BadDocument("Only PDF, Word (.docx), PowerPoint (.pptx), Markdown, HTML and text files can be read.")
    if not content.strip():
        raise BadDocument("The file is empty.")
    if len(content) > MAX_BYTES:
        raise BadDocument(TOO_LARGE)
    if kind == "pdf" and b"%PDF-" not in content[:1024]:
        raise BadDocument("This is not a PDF, though its name says so.")
    if kind in OFFICE:
        _check_office(kind, content)
    elif kind != "pdf" and b"\0" in content[:4096] and not content.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise BadDocument("This is not a text file, though its name says so.")
    return kind


def _check_office(kind: str, content: bytes) -> None:
    part, what = OFFICE[kind]
    try:
        entries = zipfile.ZipFile(io.BytesIO(content)).infolist()
    except zipfile.BadZipFile as error:
        raise BadDocument(f"This is not a {what}, though its name says so, or it is damaged.") from error
    if part not in {entry.filename for entry in entries}:
        raise BadDocument(f"This is not a {what}, though its name says so.")
    if len(entries) > MAX_ENTRIES or sum(entry.file_size for entry in entries) > MAX_UNPACKED:
        raise BadDocument("The file is far larger unpacked than any lesson is, and is not opened.")
