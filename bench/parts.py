"""Which benchmarks there are. Each is a module with `run`; a group of them shares a process and a product."""

import logging
import os
import time
import traceback
from collections.abc import Sequence
from importlib import import_module
from pathlib import Path
from typing import Any

from bench import report
from bench.product import Student, own_home, running, settled

logger = logging.getLogger(__name__)

OF_THE_PRODUCT = ["turns", "engines", "students", "barge_in", "grounding"]
ALONE = ["batcher", "web", "scale", "fleet", "load", "growth", "staff_pages"]
"""Parts that need no running product, or one of their own."""


def measure(parts: Sequence[str], file: Path) -> None:
    """What each of them found is written as it ends: one that dies takes nothing of the others with it."""
    if parts[0] in ALONE:
        for part in parts:
            _measure(part, file)
        return
    with own_home() as home, running(home) as stack:
        settled()
        student = Student(stack.base)
        for part in parts:
            _measure(part, file, student)


def _measure(part: str, file: Path, *given: Student) -> None:
    print(f"\n== {part}, load before: {os.getloadavg()[0]:.2f}", flush=True)
    run: dict[str, Any] = {"load_before": os.getloadavg(), "error": None}
    began, found = time.monotonic(), None
    try:
        # Each part knows models, and these can be imported only now that Django is set up.
        found = import_module(f"bench.{part}").run(*given)
    except Exception:
        logger.exception(part)
        run["error"] = traceback.format_exc()
    run |= {"seconds": round(time.monotonic() - began, 1), "load_after": os.getloadavg()}
    print(f"   load after: {run['load_after'][0]:.2f}, {run['seconds']:.0f} s", flush=True)
    report.add(file, part, found, run)
