"""What a turn costs, against the same engines without a product around them, and how much at once. `make bench`."""

import argparse
import os
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from typing import Any

from bench import report
from bench.parts import ALONE, OF_THE_PRODUCT, measured


def main() -> None:
    every = [*OF_THE_PRODUCT, *ALONE]
    parser = argparse.ArgumentParser(prog="python -m bench")
    parser.add_argument("parts", nargs="*", choices=[*every, []], default=every)
    wanted = parser.parse_args().parts
    load = os.getloadavg()[0]
    print(f"load before: {load:.2f}, {os.cpu_count()} cores")
    # Each group in a process of its own: Django is set up once in each, with one database.
    groups = [[part for part in OF_THE_PRODUCT if part in wanted], *([part] for part in ALONE if part in wanted)]
    results: dict[str, Any] = {"load_before": load}
    for group in groups:
        with ProcessPoolExecutor(1, get_context("spawn")) as process:
            results |= process.submit(measured, group).result()
    print(f"\nload after: {os.getloadavg()[0]:.2f}. Written to {report.save(results)}")


if __name__ == "__main__":
    main()
