"""The reader's process, watched: whatever a document does to it ends with a record."""

import json
import logging
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from queue import Empty, Queue
from threading import Thread
from typing import IO, Any

from sessions_app.ingestion.readers import Pages, Problem, Record, Unreadable

logger = logging.getLogger(__name__)

ROOT = Path(__file__).resolve().parents[2]
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
        except _Died as died:
            logger.warning("reader of %s died on page %s: %s", file.name, first, died)
            crashes += 1
            # Only formats whose pages stand alone can be entered in the middle.
            if kind not in ("pdf", "pptx") or pages is None or crashes > CRASHES:
                raise Unreadable("The document is damaged: reading it failed.") from died
            yield Problem(page=first, problem="The page is damaged: reading it failed.")
            first += 1
            if first > pages:
                return


class _Died(Exception):
    pass


def _run(kind: str, file: Path, first: int) -> Iterator[Any]:
    argv = [sys.executable, "-m", "sessions_app.ingestion.readers", kind, str(file), str(first)]
    environ = {"PYTHONPATH": str(ROOT), "PYTHONUTF8": "1"}  # and none of our secrets
    child = subprocess.Popen(argv, cwd=file.parent, env=environ, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
    assert child.stdout is not None
    lines: Queue[bytes | None] = Queue()
    Thread(target=_pass_on, args=(child.stdout, lines), daemon=True).start()
    try:
        while (line := lines.get(timeout=PAGE_SECONDS)) is not None:
            record = json.loads(line)
            if "unreadable" in record:
                raise Unreadable(record["unreadable"])
            yield record
        code = child.wait(timeout=PAGE_SECONDS)
    except (Empty, subprocess.TimeoutExpired) as error:
        raise _Died(f"silent for {PAGE_SECONDS:.0f} s") from error
    finally:
        child.kill()
        child.wait()
    if code != 0:
        raise _Died(f"exit code {code}")


def _pass_on(out: IO[bytes], lines: "Queue[bytes | None]") -> None:
    with out:
        for line in out:
            lines.put(line)
    lines.put(None)
