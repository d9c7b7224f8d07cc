"""A process of its own for a file from outside, bounded in memory and time and without any of our secrets: what breaks
on the file breaks nothing else."""

import json
import resource
import subprocess
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from queue import Empty, Queue
from threading import Thread
from typing import IO, Any

ROOT = Path(__file__).resolve().parents[1]


class Died(Exception):
    """It crashed, met one of its bounds, or hung."""


def records(module: str, *arguments: str, patience: float) -> Iterator[Any]:
    """What the module tells, as it comes. Raises Died; also when nothing comes for so many seconds."""
    argv = [sys.executable, "-m", module, *arguments]
    environ = {"PYTHONPATH": str(ROOT), "PYTHONSAFEPATH": "1", "PYTHONUTF8": "1"}
    child = subprocess.Popen(argv, env=environ, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
    assert child.stdout is not None
    lines: Queue[bytes | None] = Queue()
    Thread(target=_pass_on, args=(child.stdout, lines), daemon=True).start()
    try:
        while (line := lines.get(timeout=patience)) is not None:
            yield json.loads(line)
        code = child.wait(timeout=patience)
    except (Empty, subprocess.TimeoutExpired) as error:
        raise Died(f"silent for {patience:.0f} s") from error
    finally:
        child.kill()
        child.wait()
    if code != 0:
        raise Died(f"exit code {code}")


def _pass_on(out: IO[bytes], lines: "Queue[bytes | None]") -> None:
    with out:
        for line in out:
            if line.endswith(b"\n"):  # the last one of a process that died may be a part
                lines.put(line)
    lines.put(None)


# In that process


def bind(*, memory: int, cpu_seconds: int) -> None:
    """Before it looks at the file. It can write none."""
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    resource.setrlimit(resource.RLIMIT_CPU, (cpu_seconds, cpu_seconds))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))


def tell(record: Mapping[str, Any]) -> None:
    sys.stdout.write(json.dumps(record) + "\n")
    sys.stdout.flush()
