"""The reader's process, watched: whatever a document does to it ends with a record."""

import logging
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from gpu_tasks import bounded
from sessions_app.ingestion.readers import Pages, Problem, Record, Unreadable

logger = logging.getLogger(__name__)

READERS = "sessions_app.ingestion.readers"
PAGE_SECONDS = 60.0
"""One page takes a fraction of a second; a reader that is silent so long hangs."""
CRASHES = 10


def records(kind: str, file: Path) -> Iterator[Record]:
    """Of every page. One on which the reader dies or hangs is a problem of its own, and the next ones are read.

    Raises Unreadable.
    """
    first, pages, crashes = 1, None, 0
    while True:
        try:
            for record in _run(kind, file, first):
                if "pages" in record:
                    if pages is None:
                        pages = record["pages"]
                        yield Pages(pages=pages)
                    continue
                first = (record["page"] or 0) + 1
                yield record
            return
        except bounded.Died as died:
            logger.warning("reader of %s died on page %s: %s", file.name, first, died)
            crashes += 1
            # Only formats whose pages stand alone can be entered in the middle.
            if kind not in ("pdf", "pptx") or pages is None or crashes > CRASHES:
                raise Unreadable("The document is damaged: reading it failed.") from died
            yield Problem(page=first, problem="The page is damaged: reading it failed.")
            first += 1
            if first > pages:
                return


def _run(kind: str, file: Path, first: int) -> Iterator[Any]:
    for record in bounded.records(READERS, kind, str(file), str(first), patience=PAGE_SECONDS):
        if "unreadable" in record:
            raise Unreadable(record["unreadable"])
        yield record
