"""Which benchmarks there are. Each is a module with `run`; a group of them shares a process and a product."""

from collections.abc import Sequence
from importlib import import_module
from typing import Any

from bench.product import Student, own_home, running, settled

OF_THE_PRODUCT = ["turns", "engines", "students", "barge_in", "grounding"]
ALONE = ["batcher", "web", "scale", "fleet", "load", "growth", "staff_pages"]
"""Parts that need no running product, or one of their own."""


def measured(parts: Sequence[str]) -> dict[str, Any]:
    if not parts:
        return {}
    if parts[0] in ALONE:
        return {part: import_module(f"bench.{part}").run() for part in parts}
    with own_home() as home, running(home) as stack:
        settled()
        student = Student(stack.base)
        # Each part knows models, and these can be imported only now that Django is set up.
        return {part: import_module(f"bench.{part}").run(student) for part in parts}
