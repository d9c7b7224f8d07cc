import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path
from typing import Any

import psutil
import pytest

from gpu_tasks import bounded

Run = Callable[..., Iterator[Any]]


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where programs stand that are run."""
    (tmp_path / "gpu_tasks").symlink_to(bounded.ROOT / "gpu_tasks")
    monkeypatch.setattr(bounded, "ROOT", tmp_path)
    return tmp_path


@pytest.fixture
def run(root: Path) -> Run:
    """What a program tells, run as the readers of files are."""

    def run(program: str, *arguments: str, patience: float = 30.0) -> Iterator[Any]:
        begin = "import os, sys, time\nfrom gpu_tasks.bounded import bind, tell\nbind(memory=2**29, cpu_seconds=1)\n"
        (root / "program.py").write_text(begin + program)
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


# One that is kept

PROGRAM = """
import os, time
from gpu_tasks.bounded import serve
counted = 0
def work(data):
    global counted
    counted += 1
    what, _, rest = data.partition(b" ")
    if what == b"count": return str(counted).encode()
    if what == b"who": return f"{os.getppid()} {dict(os.environ)}".encode()
    if what == b"back": return rest[::-1]
    exec(rest)
serve(work, memory=2**29, cpu_seconds=1)
"""


@pytest.fixture
def kept(root: Path) -> Iterator[bounded.Kept]:
    (root / "program.py").write_text(PROGRAM)
    kept = bounded.Kept("program", patience=30.0)
    yield kept
    kept.close()


def process_of(kept: bounded.Kept) -> int:
    return int(kept.ask(b"who").partition(b" ")[0])


def test_it_answers_however_much_there_is_to_say(kept: bounded.Kept) -> None:
    assert kept.ask(b"back " + b"ab" * 1_000_000) == b"ba" * 1_000_000
    assert kept.ask(b"back ") == b""


def test_nothing_of_what_it_was_asked_is_there_at_the_next(kept: bounded.Kept) -> None:
    assert [kept.ask(b"count") for _ in range(3)] == [b"1"] * 3
    assert process_of(kept) == process_of(kept)


def test_it_knows_nothing_of_our_environment_either(kept: bounded.Kept, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SECRET_KEY", "a secret")

    assert b"a secret" not in kept.ask(b"who")


@pytest.mark.parametrize(
    "program",
    [
        "os.abort()",
        "1 / 0",
        "os.kill(os.getpid(), 9)",
        "bytearray(2**30)",
        "while True: pass",
    ],
    ids=["crashes", "fails", "is killed", "takes too much memory", "computes too long"],
)
def test_what_dies_takes_no_other_along(kept: bounded.Kept, program: str) -> None:
    process = process_of(kept)
    with ThreadPoolExecutor() as threads:
        dies = threads.submit(kept.ask, f"do {program}".encode())
        others = [threads.submit(kept.ask, b"back abc") for _ in range(5)]

        with pytest.raises(bounded.Died, match="crashed"):
            dies.result()
        assert [other.result() for other in others] == [b"cba"] * 5
    assert process_of(kept) == process


def test_after_it_was_killed_itself_there_is_another(kept: bounded.Kept) -> None:
    process = process_of(kept)

    os.kill(process, signal.SIGKILL)
    os.waitid(os.P_PID, process, os.WEXITED | os.WNOWAIT)

    assert process_of(kept) != process


@pytest.mark.parametrize("hangs", ["in its work", "itself"])
def test_after_one_that_hung_there_is_another(kept: bounded.Kept, monkeypatch: pytest.MonkeyPatch, hangs: str) -> None:
    process = process_of(kept)
    if hangs == "itself":
        os.kill(process, signal.SIGSTOP)
    with monkeypatch.context() as impatient:
        impatient.setattr(kept, "_patience", 0.5)
        with pytest.raises(bounded.Died, match="silent"):
            kept.ask(b"do time.sleep(600)")

    assert process_of(kept) != process


def test_it_ends_with_us_however_we_end(root: Path, eventually: Callable[[Callable[[], bool]], None]) -> None:
    (root / "program.py").write_text(PROGRAM)
    us = f"""
import os, pathlib
from gpu_tasks import bounded
bounded.ROOT = pathlib.Path({str(root)!r})
print(bounded.Kept("program", patience=30.0).ask(b"who").split()[0].decode(), flush=True)
os.kill(os.getpid(), 9)
"""
    ended = subprocess.run([sys.executable, "-c", us], cwd=root, capture_output=True, text=True, check=False)

    assert ended.returncode == -signal.SIGKILL, ended.stderr
    eventually(lambda: not is_running(int(ended.stdout)))


def is_running(pid: int) -> bool:
    with suppress(psutil.NoSuchProcess):
        return bool(psutil.Process(pid).status() != psutil.STATUS_ZOMBIE)
    return False
