"""What a turn costs, against the same engines without a product around them, and how much at once. `make bench`."""

import argparse
import os
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from importlib import import_module
from multiprocessing import get_context
from typing import Any

from bench import report
from bench.product import Student, own_home, running

PARTS = ["turns", "engines", "students", "barge_in", "grounding"]
ALONE = ["batcher", "web", "scale", "fleet", "growth", "staff_pages"]
"""Parts that need no running product, or one of their own."""


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m bench")
    parser.add_argument("parts", nargs="*", choices=[*PARTS, *ALONE, []], default=[*PARTS, *ALONE])
    wanted = parser.parse_args().parts
    load = os.getloadavg()[0]
    print(f"load before: {load:.2f}, {os.cpu_count()} cores")
    # Each group in a process of its own: Django is set up once in each, with one database.
    groups = [[part for part in PARTS if part in wanted], *([part] for part in ALONE if part in wanted)]
    results: dict[str, Any] = {"load_before": load}
    for group in groups:
        with ProcessPoolExecutor(1, get_context("spawn")) as process:
            results |= process.submit(measured, group).result()
    print(f"\nload after: {os.getloadavg()[0]:.2f}. Written to {report.save(results)}")


def measured(parts: Sequence[str]) -> dict[str, Any]:
    if not parts:
        return {}
    if parts[0] in ALONE:
        return {part: import_module(f"bench.{part}").run() for part in parts}
    with own_home() as home, running(home) as stack:
        student = Student(stack.base)
        # Each part knows models, and these can be imported only now that Django is set up.
        return {part: import_module(f"bench.{part}").run(student) for part in parts}


if __name__ == "__main__":
    main()
