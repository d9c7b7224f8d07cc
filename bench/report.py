import json
import os
import platform
import subprocess
from collections.abc import Sequence
from datetime import UTC, datetime
from importlib.metadata import distributions
from pathlib import Path
from statistics import median, quantiles
from typing import Any

import psutil

RESULTS = Path(__file__).parent / "results"


def p95(values: Sequence[float]) -> float:
    return quantiles(values, n=20)[-1] if len(values) > 1 else values[0]


def spread(values: Sequence[float], digits: int = 2) -> str:
    return f"{median(values):.{digits}f} ({min(values):.{digits}f}–{max(values):.{digits}f})"


def table(title: str, columns: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    widths = [max(len(row[i]) for row in (columns, *rows)) for i in range(len(columns))]
    print(f"\n{title}")
    for row in (columns, ["-" * width for width in widths], *rows):
        print("  " + "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip())


# One file of results for each run of `make bench`: the machine, how each part went, and what each part found.


def begin() -> Path:
    RESULTS.mkdir(exist_ok=True)
    file = RESULTS / f"{datetime.now(UTC):%Y-%m-%dT%H%M%S}.json"
    _write(file, {"machine": machine(), "runs": {}})
    return file


def machine() -> dict[str, Any]:
    return {
        "cores": os.cpu_count(),
        "processor": _processor(),
        "memory": psutil.virtual_memory().total,
        "system": platform.platform(),
        "python": platform.python_version(),
        "commit": _commit(),
        "versions": {each.name: each.version for each in sorted(distributions(), key=lambda each: each.name.lower())},
    }


def _processor() -> str:
    about = Path("/proc/cpuinfo")
    lines = about.read_text().splitlines() if about.exists() else []
    return next((line.partition(": ")[2] for line in lines if line.startswith("model name")), platform.processor())


def _commit() -> str | None:
    """None: not from a checkout. With a plus sign: with changes that are in no commit."""
    asked = ["git", "-C", str(RESULTS.parent), "describe", "--always", "--abbrev=40", "--exclude=*", "--dirty=+"]
    try:
        return subprocess.run(asked, capture_output=True, text=True, check=True).stdout.strip()
    except (OSError, subprocess.CalledProcessError):
        return None


def add(file: Path, part: str, found: Any, run: dict[str, Any]) -> None:
    results = read(file)
    results["runs"][part] = run
    if run["error"] is None:
        results[part] = found
    _write(file, results)


def read(file: Path) -> dict[str, Any]:
    results: dict[str, Any] = json.loads(file.read_text())
    return results


def _write(file: Path, results: dict[str, Any]) -> None:
    file.write_text(json.dumps(results, indent=1))
