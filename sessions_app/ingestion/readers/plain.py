from collections.abc import Iterator
from pathlib import Path

from charset_normalizer import from_bytes

from sessions_app.ingestion.readers import Record, Unreadable


def read(file: Path, first: int) -> Iterator[Record]:
    yield {"page": None, "heading": "", "text": text_of(file.read_bytes())}


def text_of(content: bytes) -> str:
    """UTF-8 where it is that, else the likeliest encoding."""
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        best = from_bytes(content).best()
        if best is None:
            raise Unreadable("The text's encoding is not known. Please save it as UTF-8.") from None
        return str(best)
