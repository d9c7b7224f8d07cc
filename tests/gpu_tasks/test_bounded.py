import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from gpu_tasks import bounded

Run = Callable[..., Iterator[Any]]


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    """What a program tells, run as the readers of files are."""
    (tmp_path / "gpu_tasks").symlink_to(bounded.ROOT / "gpu_tasks")
    monkeypatch.setattr(bounded, "ROOT", tmp_path)

    def run(program: str, *arguments: str, patience: float = 30.0) -> Iterator[Any]:
        begin = "import os, sys, time\nfrom gpu_tasks.bounded import bind, tell\nbind(memory=2**29, cpu_seconds=1)\n"
        (tmp_path / "program.py").write_text(begin + program)
        return bounded.records("program", *arguments, patience=patience)

    return run


def test_what_it_tells_comes_in_order(run: Run) -> None:
    told = list(run("for word in sys.argv[1:]: tell({'word': word})", "light", "水"))

    assert told == [{"word": "light"}, {"word": "水"}]


def test_it_knows_nothing_of_our_environment(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SECRET_KEY", "a secret")

    (told,) = run("tell(dict(os.environ))")

    assert "a secret" not in json.dumps(told)
    assert set(told) <= {"PYTHONPATH", "PYTHONSAFEPATH", "PYTHONUTF8", "LC_CTYPE"}


@pytest.mark.parametrize(
    "program",
    [
        "os.abort()",
        "sys.exit(3)",
        "bytearray(2**30)",
        "while True: pass",
        "with open(sys.argv[1], 'w') as file: file.write('x')",
        "sys.stdout.write('{\"half a'); sys.stdout.flush(); os.abort()",
    ],
    ids=["crashes", "fails", "takes too much memory", "computes too long", "writes a file", "stops within a word"],
)
def test_what_it_told_before_it_died_is_known(run: Run, tmp_path: Path, program: str) -> None:
    file = tmp_path / "written"
    told = run(f"tell({{'page': 1}})\n{program}", str(file))

    assert next(told) == {"page": 1}
    with pytest.raises(bounded.Died):
        next(told)
    assert not file.exists() or file.read_text() == ""


def test_one_that_hangs_is_ended(run: Run) -> None:
    with pytest.raises(bounded.Died, match="silent"):
        next(run("time.sleep(600)", patience=0.5))
