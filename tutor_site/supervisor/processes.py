"""Child processes kept alive by one thread."""

import contextlib
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from types import TracebackType
from typing import Self

TICK = 0.1
ASK_EVERY = 0.25
# The first restart comes at once: a killed worker is wanted back within seconds.
BACK_OFF = (0.0, 1.0, 2.0, 4.0, 8.0, 16.0, 30.0)
STEADY_AFTER = 30.0
LOG_LIMIT = 10 * 1024 * 1024
LAST_LINES = 15
LINE_LIMIT = 300
LAUNCHER = Path(__file__).with_name("die_with_parent.py")


class NotReady(Exception):
    """The processes did not become ready in time. The message says which, with the last lines of its log."""


@dataclass(frozen=True)
class Command:
    """One process. `env` is its whole environment. Those that others need until the end have `ends_last`."""

    name: str
    argv: tuple[str, ...]
    env: Mapping[str, str]
    cwd: Path
    ends_last: bool = False


@dataclass
class Child:
    command: Command
    log: Path
    process: subprocess.Popen[bytes] | None = None
    started_at: float = 0.0
    due: float = 0.0
    failures: int = 0
    deaths: int = 0
    last_death: str = ""
    # The pid of the latest start; it stays when the process is gone.
    pid: int | None = field(default=None)

    def start(self) -> None:
        argv = self.command.argv
        if sys.platform == "linux":
            argv = (sys.executable, "-I", "-S", str(LAUNCHER), str(os.getpid()), *argv)
        self.log.parent.mkdir(parents=True, exist_ok=True)
        if self.log.exists() and self.log.stat().st_size > LOG_LIMIT:
            self.log.replace(self.log.with_suffix(".log.1"))
        with self.log.open("ab") as log:
            log.write(f"--- {datetime.now().astimezone():%Y-%m-%d %H:%M:%S%z} starting {self.command.name}\n".encode())
            log.flush()
            # A session of its own: Ctrl-C on the terminal reaches the supervisor only, which ends the rest in order.
            self.process = subprocess.Popen(
                argv,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                env=dict(self.command.env),
                cwd=self.command.cwd,
                start_new_session=True,
            )
        self.pid = self.process.pid
        self.started_at = time.monotonic()

    def signal(self, number: int) -> None:
        """Reaches what the process may have started itself, too."""
        if self.process is not None:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self.process.pid, number)

    def bury(self, code: int, restart: bool) -> str:
        """Note a death; return why, in words."""
        self.signal(signal.SIGKILL)
        self.process = None
        now = time.monotonic()
        if now - self.started_at > STEADY_AFTER:
            self.failures = 0
        pause = BACK_OFF[min(self.failures, len(BACK_OFF) - 1)]
        self.failures += 1
        self.deaths += 1
        self.due = now + pause
        self.last_death = f"exited with status {code}" if code >= 0 else f"was killed by {signal.Signals(-code).name}"
        again = "" if not restart else "; starting it again" + (f" in {pause:.0f} s" if pause else "")
        why = f": {self._last_words()}" if code > 0 and self._last_words() else ""
        line = f"{self.command.name} {self.last_death}{why}{again}"
        with self.log.open("a") as log:
            log.write(f"--- {line}\n")
        return line

    def _last_words(self) -> str:
        """Of this life, in one line: mostly an exception, or why a worker refuses to start."""
        last = self.last_lines().splitlines()[-1:]
        return "" if not last or last[0].startswith("---") else last[0].strip()[:LINE_LIMIT]

    def last_lines(self) -> str:
        if not self.log.exists():
            return ""
        with self.log.open("rb") as log:
            log.seek(max(0, self.log.stat().st_size - 16_384))
            return "\n".join(log.read().decode(errors="replace").splitlines()[-LAST_LINES:])


class Supervisor:
    """Runs commands side by side; one that dies is started again, ever more slowly while it keeps dying.

    The children are started by one thread that outlives them: the kernel ties a child's life to that thread.
    """

    def __init__(
        self,
        commands: Iterable[Command] = (),
        *,
        logs: Path,
        restart: bool = True,
        announce: Callable[[str], None] = lambda line: None,
    ) -> None:
        self.logs = logs
        self.restart = restart
        self._announce = announce
        self._children: dict[str, Child] = {}
        self._changed = threading.Condition()
        self._stopping = threading.Event()
        self._grace = 0.0
        self._thread = threading.Thread(target=self._watch, name="supervisor", daemon=True)
        self.add(*commands)

    def add(self, *commands: Command) -> None:
        """Further processes, started at once when the supervisor is already running."""
        with self._changed:
            for command in commands:
                if command.name in self._children:
                    raise ValueError(f"two processes called {command.name}")
                self._children[command.name] = Child(command, self.logs / f"{command.name}.log")

    def start(self) -> None:
        self._thread.start()

    def stop(self, grace: float = 10.0) -> None:
        """End every process: SIGTERM, then SIGKILL to what is left after `grace` seconds. Called again, hurries."""
        self._grace = grace
        self._stopping.set()
        if self._thread.is_alive():
            self._thread.join()

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def names(self) -> list[str]:
        return list(self._children)

    def pid(self, name: str) -> int | None:
        """The pid while the process runs, else None."""
        with self._changed:
            child = self._children[name]
            return child.pid if child.process is not None and child.process.poll() is None else None

    def deaths(self, name: str) -> int:
        return self._children[name].deaths

    def log(self, name: str) -> Path:
        return self._children[name].log

    def kill(self, name: str, number: int = signal.SIGKILL) -> int:
        """Send a signal as an accident would; returns the pid that got it."""
        with self._changed:
            child = self._children[name]
            if child.process is None:
                raise ProcessLookupError(f"{name} is not running")
            child.signal(number)
            return child.process.pid

    def renew(self, name: str) -> None:
        """End a process politely and start it again at once: it is to see something new."""
        with self._changed:
            child = self._children[name]
            child.failures = 0
            child.signal(signal.SIGTERM)

    def wait_restarted(self, name: str, *, after: int, timeout: float) -> int:
        """Wait until `name` runs under another pid than `after`; returns it."""
        child = self._children[name]
        with self._changed:
            if not self._changed.wait_for(lambda: child.process is not None and child.pid != after, timeout):
                raise NotReady(f"{name} was not started again within {timeout:.0f} s\n{child.last_lines()}")
            assert child.pid is not None
            return child.pid

    def wait_ready(self, missing: Callable[[], str | None], *, timeout: float) -> None:
        """Ask `missing` until it answers None (all is well) rather than what is still wanted."""
        deadline = time.monotonic() + timeout
        while (wanted := missing()) is not None:
            if self._stopping.is_set():
                raise NotReady("stopped before it was ready")
            if time.monotonic() > deadline:
                raise NotReady(f"Not ready after {timeout:.0f} s: {wanted}\n{self._suspects(wanted)}")
            self._stopping.wait(ASK_EVERY)

    def _suspects(self, wanted: str) -> str:
        """What the console shows of processes that died, or that `wanted` names."""
        with self._changed:
            children = list(self._children.values())
        suspects = [c for c in children if c.deaths or c.command.name.removeprefix("worker-") in wanted.lower()]
        reports = []
        for child in suspects or children:
            state = f"{child.last_death} ({child.deaths} times)" if child.deaths else "is running"
            reports.append(f"\n{child.command.name} {state}. The end of {child.log}:\n{child.last_lines()}")
        return "\n".join(reports)

    def _watch(self) -> None:
        while not self._stopping.is_set():
            with self._changed:
                for child in self._children.values():
                    self._tend(child)
            self._stopping.wait(TICK)
        with self._changed:
            children = list(self._children.values())
        self._end([child for child in children if not child.command.ends_last])
        self._end([child for child in children if child.command.ends_last])

    def _tend(self, child: Child) -> None:
        if child.process is not None and (code := child.process.poll()) is not None:
            self._announce(child.bury(code, self.restart))
            self._changed.notify_all()
        if child.process is None and (self.restart or child.pid is None) and time.monotonic() >= child.due:
            child.start()
            self._changed.notify_all()

    def _end(self, children: list[Child]) -> None:
        alive = [child for child in children if child.process is not None]
        for child in alive:
            child.signal(signal.SIGTERM)
        began = time.monotonic()
        while any(child.process and child.process.poll() is None for child in alive):
            if time.monotonic() - began > self._grace:
                break
            time.sleep(TICK / 2)
        for child in alive:
            if child.process is not None:
                child.signal(signal.SIGKILL)
                child.process.wait()
                child.process = None
