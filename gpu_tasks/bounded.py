"""A process of its own for a file from outside, bounded in memory and time and without any of our secrets: what breaks
on the file breaks nothing else."""

import gc
import json
import os
import resource
import signal
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from pathlib import Path
from queue import Empty, Queue
from threading import RLock, Thread
from typing import IO, Any, NoReturn

ROOT = Path(__file__).resolve().parents[1]
DYING_SECONDS = 0.2


class Died(Exception):
    """It crashed, met one of its bounds, or hung."""


def records(module: str, *arguments: str, patience: float) -> Iterator[Any]:
    """What the module tells, as it comes. Raises Died; also when nothing comes for so many seconds."""
    child = _started(module, *arguments, stdout=subprocess.PIPE)
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


def _started(module: str, *arguments: str, **how: Any) -> subprocess.Popen[bytes]:
    argv = [sys.executable, "-m", module, *arguments]
    environ = {"PYTHONPATH": str(ROOT), "PYTHONSAFEPATH": "1", "PYTHONUTF8": "1"}
    return subprocess.Popen(argv, env=environ, stderr=subprocess.DEVNULL, **how)


def _pass_on(out: IO[bytes], lines: "Queue[bytes | None]") -> None:
    with out:
        for line in out:
            if line.endswith(b"\n"):  # the last one of a process that died may be a part
                lines.put(line)
    lines.put(None)


class Kept:
    """For work that cannot wait until a process has started: one is kept, with its libraries loaded, and forks for each
    piece of work. So nothing of one piece is there at the next, and what dies takes no other along."""

    def __init__(self, module: str, *, patience: float) -> None:
        """`module` serves, as below."""
        self._module = module
        self._patience = patience
        self._lock = RLock()
        self._kept: tuple[subprocess.Popen[bytes], socket.socket] | None = None

    def ask(self, data: bytes) -> bytes:
        """By any number of threads. Raises Died; also when nothing comes for `patience` seconds."""
        header = answer = b""
        ours, theirs = socket.socketpair()
        ours.settimeout(self._patience)
        try:
            with ours, ours.makefile("rb") as file, suppress(ConnectionError):  # with one that dies
                with theirs:
                    self._hand_in(theirs)
                ours.sendall(data)
                ours.shutdown(socket.SHUT_WR)
                header = file.read(8)
                answer = file.read(int.from_bytes(header))  # not to its end, for which it takes some milliseconds more
        except TimeoutError as error:
            self.close()
            raise Died(f"silent for {self._patience:.0f} s") from error
        if len(header) < 8 or len(answer) < int.from_bytes(header):
            self._see_whether_it_ends()
            raise Died("it crashed, or met one of its bounds")
        return answer

    def close(self) -> None:
        """Whatever it is at."""
        with self._lock:
            if self._kept is not None:
                process, door = self._kept
                door.close()
                if process.poll() is None:
                    os.killpg(process.pid, signal.SIGKILL)  # what it has forked, too
                process.wait()
                self._kept = None

    def _see_whether_it_ends(self) -> None:
        # If not the fork died but the process itself, the next work must not be handed to it while it is dying.
        if kept := self._kept:
            with suppress(subprocess.TimeoutExpired):
                kept[0].wait(DYING_SECONDS)

    def _hand_in(self, line: socket.socket) -> None:
        with self._lock:
            if self._kept is not None and self._kept[0].poll() is not None:
                self.close()
            if self._kept is None:
                door, inside = socket.socketpair()
                with inside:
                    # In a session of its own: it ends with us, not by the Ctrl-C that lets us end our work.
                    how = {"stdin": inside, "stdout": subprocess.DEVNULL, "start_new_session": True}
                    self._kept = _started(self._module, **how), door
            socket.send_fds(self._kept[1], [b"."], [line.fileno()])


# In that process


def bind(*, memory: int, cpu_seconds: int) -> None:
    """Before it looks at the file. It can write none."""
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    resource.setrlimit(resource.RLIMIT_CPU, (cpu_seconds, cpu_seconds))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))


def tell(record: Mapping[str, Any]) -> None:
    sys.stdout.write(json.dumps(record) + "\n")
    sys.stdout.flush()


def serve(work: Callable[[bytes], bytes], *, memory: int, cpu_seconds: int) -> None:
    """Answer what a Kept is asked, until it is gone."""
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # nobody waits for them
    gc.freeze()
    with socket.socket(fileno=sys.stdin.fileno()) as door:
        while lines := socket.recv_fds(door, 1, 1)[1]:
            with socket.socket(fileno=lines[0]) as line:
                if os.fork() == 0:
                    door.close()  # what others ask is none of its business
                    _answer(line, work, memory, cpu_seconds)


def _answer(line: socket.socket, work: Callable[[bytes], bytes], memory: int, cpu_seconds: int) -> NoReturn:
    try:
        bind(memory=memory, cpu_seconds=cpu_seconds)
        with line.makefile("rb") as file:
            answer = work(file.read())
        line.sendall(len(answer).to_bytes(8) + answer)
    finally:
        os._exit(0)  # whatever it was, never on into the loop: an answer that is not whole is seen
