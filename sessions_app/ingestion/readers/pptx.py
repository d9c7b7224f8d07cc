import logging
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pptx
from pptx.exc import PackageNotFoundError, PythonPptxError

from sessions_app.ingestion.readers import Record, Unreadable
from sessions_app.ingestion.readers.office import DAMAGED

logger = logging.getLogger(__name__)


def read(file: Path, first: int) -> Iterator[Record]:
    """A slide is a page; what is in the notes belongs to it."""
    try:
        slides = list(pptx.Presentation(str(file)).slides)
    except (PackageNotFoundError, PythonPptxError, *DAMAGED) as error:
        raise Unreadable("The presentation is damaged and cannot be opened.") from error
    yield {"pages": len(slides)}
    for number, slide in enumerate(slides, 1):
        if number < first:
            continue
        try:
            title = slide.shapes.title
            heading = title.text_frame.text.strip() if title is not None else ""
            texts = [text for shape in slide.shapes if (text := _text(shape))]
            if slide.has_notes_slide and slide.notes_slide.notes_text_frame is not None:
                texts.append(slide.notes_slide.notes_text_frame.text.strip())
        except (PythonPptxError, KeyError, ValueError, AttributeError) as error:
            logger.warning("slide %s: %s", number, error)
            yield {"page": number, "problem": "The slide is damaged."}
            continue
        if any(texts):
            yield {"page": number, "heading": heading, "text": "\n\n".join(filter(None, texts))}
        else:
            yield {"page": number, "problem": "There is no text on the slide."}


def _text(shape: Any) -> str:
    if shape.has_text_frame:
        return str(shape.text_frame.text).strip()
    if getattr(shape, "has_table", False):
        return "\n".join(" | ".join(cell.text.strip() for cell in row.cells) for row in shape.table.rows)
    if hasattr(shape, "shapes"):
        return "\n\n".join(text for inner in shape.shapes if (text := _text(inner)))
    return ""
