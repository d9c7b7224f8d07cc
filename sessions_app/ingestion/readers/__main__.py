"""python -m sessions_app.ingestion.readers KIND FILE FIRST_PAGE: the document's records."""

import sys
from pathlib import Path

from gpu_tasks.bounded import bind, tell
from sessions_app.ingestion.readers import Unreadable, reader

MEMORY = 2 * 1024**3
CPU_SECONDS = 300


def main(kind: str, file: str, first: str) -> None:
    bind(memory=MEMORY, cpu_seconds=CPU_SECONDS)
    try:
        for record in reader(kind)(Path(file), int(first)):
            tell(record)
    except Unreadable as error:
        tell({"unreadable": str(error)})
    except MemoryError:
        tell({"unreadable": "The document needs too much memory to be read."})


main(*sys.argv[1:])
