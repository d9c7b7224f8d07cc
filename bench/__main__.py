import argparse
import os
import tempfile
from importlib import import_module
from pathlib import Path
from typing import Any

from bench import report
from bench.product import Student, running

PARTS = ["turns", "barge_in", "grounding"]
ALONE = ["batcher", "staff_pages"]
"""Parts that need no running product."""


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m bench")
    parser.add_argument("parts", nargs="*", choices=[*PARTS, *ALONE, []], default=[*PARTS, *ALONE])
    wanted = parser.parse_args().parts
    print(f"load before: {os.getloadavg()[0]:.2f}, {os.cpu_count()} cores")
    results = {part: import_module(f"bench.{part}").run() for part in ALONE if part in wanted}
    results |= _of_the_product([part for part in PARTS if part in wanted])
    print(f"\nload after: {os.getloadavg()[0]:.2f}. Written to {report.save(results)}")


def _of_the_product(wanted: list[str]) -> dict[str, Any]:
    if not wanted:
        return {}
    # A home of its own, so that no student's data are touched; the models are those of the installed one.
    installed = Path(os.environ.get("TUTOR_HOME", ".tutor")).resolve()
    with tempfile.TemporaryDirectory(prefix="tutor-bench-") as folder:
        home = Path(folder)
        if (installed / "models").is_dir():
            (home / "models").symlink_to(installed / "models")
        with running(home) as stack:
            student = Student(stack.base)
            # Each part knows models, and these can be imported only now that Django is set up.
            return {part: import_module(f"bench.{part}").run(student) for part in wanted}


if __name__ == "__main__":
    main()
