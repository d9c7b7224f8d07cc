"""python -m sessions_app.ingestion.readers KIND FILE FIRST_PAGE: the document's records, one JSON object a line."""

import json
import resource
import sys
from collections.abc import Mapping
from pathlib import Path

from sessions_app.ingestion.readers import Unreadable, reader

MEMORY = 2 * 1024**3
CPU_SECONDS = 300


def main(kind: str, file: str, first: str) -> None:
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_SECONDS, CPU_SECONDS))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    try:
        for record in reader(kind)(Path(file), int(first)):
            tell(record)
    except Unreadable as error:
        tell({"unreadable": str(error)})
    except MemoryError:
        tell({"unreadable": "The document needs too much memory to be read."})


def tell(record: Mapping[str, object]) -> None:
    sys.stdout.write(json.dumps(record) + "\n")
    sys.stdout.flush()


main(*sys.argv[1:])
