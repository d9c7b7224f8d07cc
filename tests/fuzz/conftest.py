"""Hostile input of every door, seeded: `make fuzz` runs all of it, `make test` a little, `make test-engines` more.

FUZZ_SEED=7 make fuzz: another course.
"""

import os
from collections.abc import Callable

import pytest

SEED = int(os.environ.get("FUZZ_SEED", "20"))
Tell = Callable[[str], None]
_told = pytest.StashKey[list[str]]()


@pytest.fixture
def seed() -> int:
    return SEED


@pytest.fixture
def tell(request: pytest.FixtureRequest) -> Tell:
    """How many cases there were, and what they took: `make fuzz` says it at its end."""
    return request.config.stash.setdefault(_told, []).append


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    if config.option.markexpr == "fuzz":
        for line in config.stash.get(_told, []):
            terminalreporter.write_line(line)


def sizes(short: int, longer: int, whole: int) -> Callable[[Callable[..., object]], Callable[..., object]]:
    """How many cases of a test."""
    return pytest.mark.parametrize(
        "cases",
        [
            pytest.param(short, id="short"),
            pytest.param(longer, id="longer", marks=pytest.mark.engines),
            pytest.param(whole, id="whole", marks=pytest.mark.fuzz),
        ],
    )
