"""What a person sees of the set-up, and what its log keeps."""

import contextlib
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

LAST_LINES = 20
LAUNCHER = Path(__file__).resolve().parents[1] / "supervisor" / "die_with_parent.py"


class SetupFailed(Exception):
    """Set-up cannot go on. The message says what is wrong and what to do, in a person's words."""


class CommandFailed(SetupFailed):
    def __init__(self, what: str, log: Path, output: str) -> None:
        super().__init__(f"{what} failed. The last lines (all of it is in {log}):\n\n{last_lines(output)}")
        self.output = output


def last_lines(text: str) -> str:
    return "\n".join("    " + line for line in text.splitlines()[-LAST_LINES:])


class Steps:
    """Numbered progress on the console: `[2/6] Installing Python packages … 41 s`."""

    def __init__(self, total: int) -> None:
        self._total = total
        self._number = 0

    @contextlib.contextmanager
    def step(self, title: str) -> Iterator[None]:
        self._number += 1
        line = f"[{self._number}/{self._total}] {title} …"
        began = time.monotonic()
        print(line, end="", flush=True)
        finished = threading.Event()
        ticker = threading.Thread(target=_tick, args=(line, began, finished), daemon=True)
        ticker.start()
        try:
            yield
        except BaseException:
            finished.set()
            ticker.join()
            print(" failed", flush=True)
            raise
        finished.set()
        ticker.join()
        live = f"\r{line}" if sys.stdout.isatty() else ""
        print(f"{live} {time.monotonic() - began:.0f} s", flush=True)


def _tick(line: str, began: float, finished: threading.Event) -> None:
    while not finished.wait(1.0):
        if sys.stdout.isatty():
            print(f"\r{line} {time.monotonic() - began:.0f} s", end="", flush=True)


class Shell:
    """Runs commands whose output goes to a log, and ends them when the set-up is ended."""

    def __init__(self, log: Path) -> None:
        self.log = log
        self._running: set[subprocess.Popen[str]] = set()
        log.parent.mkdir(parents=True, exist_ok=True)

    def run(self, what: str, command: Sequence[str], *, env: Mapping[str, str], cwd: Path | None = None) -> None:
        """Raises CommandFailed with the end of the output."""
        with self.log.open("a", buffering=1) as log:
            log.write(f"--- {time.strftime('%Y-%m-%d %H:%M:%S')} {' '.join(command)}\n")
            lines: list[str] = []
            # A pip that outlived us would go on writing into the environment that the next set-up makes anew.
            launcher = [sys.executable, "-I", "-S", str(LAUNCHER), str(os.getpid())] if sys.platform == "linux" else []
            with subprocess.Popen(
                [*launcher, *command],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                text=True,
                errors="replace",
                env=dict(env),
                cwd=cwd,
                start_new_session=True,
            ) as process:
                self._running.add(process)
                assert process.stdout is not None
                for line in process.stdout:
                    log.write(line)
                    lines.append(line)
                self._running.discard(process)
        if process.returncode:
            raise CommandFailed(what, self.log, "".join(lines))

    def end(self) -> None:
        for process in list(self._running):
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
