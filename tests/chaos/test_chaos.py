"""A small storm in every run of the tests, a larger one with the engines; `make chaos` is the whole of it."""

import os
import re
import subprocess
import sys

import pytest

from tests.environment import REPOSITORY

PATIENCE = "90"
"""The machine may be busy: how fast turns end is what `make chaos` measures."""


def storm(*arguments: str) -> subprocess.CompletedProcess[str]:
    environ = {key: os.environ[key] for key in ("HOME", "LANG", "PATH") if key in os.environ}
    command = [sys.executable, "-m", "tests.chaos", "--ends-within", PATIENCE, *arguments]
    return subprocess.run(command, cwd=REPOSITORY, env=environ, capture_output=True, text=True)


def test_three_faults_break_no_promise() -> None:
    happened = storm("--seed", "8", "--faults", "3")

    assert happened.returncode == 0, happened.stdout + happened.stderr
    assert "the run: " in happened.stdout
    assert re.search("segments with the face: [1-9]", happened.stdout)


@pytest.mark.engines
@pytest.mark.parametrize(("database", "faults"), [("sqlite", "16"), ("postgres", "16")])
def test_more_faults_break_no_promise_on_either_database(database: str, faults: str) -> None:
    happened = storm("--seed", "5", "--faults", faults, "--database", database)

    assert happened.returncode == 0, happened.stdout + happened.stderr
