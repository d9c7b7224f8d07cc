"""What a turn costs, against the same engines without a product around them, and how much at once. `make bench`."""

import argparse
import logging
import sys
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path

from bench import page, report
from bench.parts import ALONE, OF_THE_PRODUCT, measure

logger = logging.getLogger(__name__)


def main() -> int:
    """A part that fails does not keep the others from going on; the exit status says it."""
    every = [*OF_THE_PRODUCT, *ALONE]
    parser = argparse.ArgumentParser(prog="python -m bench")
    parser.add_argument("parts", nargs="*", choices=[*every, []], default=[], help="all, where none is named")
    wanted = parser.parse_args().parts or every
    file = report.begin()
    # Each group in a process of its own: Django is set up once in each, with one database.
    groups = [[part for part in OF_THE_PRODUCT if part in wanted], *([part] for part in ALONE if part in wanted)]
    for group in groups:
        if group:
            _in_a_process(group, file)
    print(f"\nWritten to {file} and {page.write(file)}")
    failed = [part for part, run in report.read(file)["runs"].items() if run["error"]]
    if failed:
        print(f"FAILED: {', '.join(failed)}")
    return 1 if failed else 0


def _in_a_process(group: list[str], file: Path) -> None:
    try:
        with ProcessPoolExecutor(1, get_context("spawn")) as process:
            process.submit(measure, group, file).result()
    except Exception as error:
        logger.exception("%s", ", ".join(group))
        for part in group:
            if part not in report.read(file)["runs"]:  # the product did not start, or the process died
                report.add(file, part, None, {"error": repr(error)})


if __name__ == "__main__":
    sys.exit(main())
