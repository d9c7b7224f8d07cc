"""Everything on one machine: prepares the database, starts all processes, and says when a turn can be taken."""

import fcntl
import io
import os
import shutil
import signal
import time
from argparse import ArgumentParser
from pathlib import Path
from types import FrameType
from typing import Any, NoReturn

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError

from gpu_tasks.devices import Unfit
from tutor_site.supervisor import Command as Process
from tutor_site.supervisor import NotReady, Stack, Supervisor, check_fit, port_is_taken

# Weights of real size take their time from a disk.
READY_WITHIN = {"cpu": 180.0, "gpu": 900.0}
GRACE = 10.0
VITE_PORT = 3000
PACKAGES = ("accounts", "gpu_tasks", "sessions_app", "tutor_site")


class Command(BaseCommand):
    help = "Serves the whole product until Ctrl-C: Redis, language model, workers and web."
    requires_system_checks: list[str] = []  # migrate has its own; every second of the start counts

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--host", default=os.environ.get("HOST") or "127.0.0.1")
        parser.add_argument("--port", type=int, default=os.environ.get("PORT") or 8000)
        parser.add_argument("--workers", type=Path, help="another file than the profile's in docker/workers")
        parser.add_argument(
            "--dev", action="store_true", help=f"also Vite's dev server on port {VITE_PORT}; restarts what was edited"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        host, port = options["host"], options["port"]
        home: Path = settings.TUTOR_HOME
        home.mkdir(parents=True, exist_ok=True)
        lock = os.open(home / "serve.lock", os.O_RDWR | os.O_CREAT, 0o600)
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise CommandError(
                f"A tutor is already running from {home}. A second one beside it: TUTOR_HOME=/other/folder PORT=8001"
            ) from None
        if port_is_taken(host, port):
            raise CommandError(f"Port {port} of {host} is in use (or not ours to use). Try PORT={port + 1}.")
        if options["dev"] and port_is_taken("127.0.0.1", VITE_PORT):
            raise CommandError(f"Port {VITE_PORT}, which Vite's dev server wants, is in use.")
        stack = self._stack(home, host, port, options["workers"])
        try:
            check_fit(stack.specs())
            processes = Supervisor(stack.engines(), logs=home / "logs", announce=self._announce)
        except (OSError, ValueError, Unfit) as error:
            raise CommandError(str(error)) from error
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, interrupted)
        try:
            self._serve(stack, processes, dev=options["dev"])
        except KeyboardInterrupt:
            self.stdout.write("Ending …")
        except NotReady as error:
            raise CommandError(str(error)) from error
        finally:
            end(processes)
            os.close(lock)

    def _stack(self, home: Path, host: str, port: int, workers: Path | None) -> Stack:
        names = [name.lstrip(".") for name in settings.ALLOWED_HOSTS]
        return Stack(
            home=home,
            root=settings.BASE_DIR,
            port=port,
            host=host,
            environ={**os.environ, "TUTOR_MODE": settings.MODE, "TUTOR_PROFILE": settings.PROFILE},
            workers=workers,
            ask_as=names[0] if names and "*" not in names else None,
        )

    def _serve(self, stack: Stack, processes: Supervisor, *, dev: bool) -> NoReturn:
        # The models load while the database is prepared.
        processes.start()
        call_command("migrate", interactive=False, verbosity=0)
        if settings.MODE != "production":
            call_command("seed", stdout=io.StringIO())
        call_command("collectstatic", interactive=False, verbosity=0)
        processes.add(*stack.site(), *([vite_command(stack)] if dev else []))
        processes.wait_ready(stack.answers, timeout=READY_WITHIN[settings.PROFILE])
        self.stdout.write(f"Tutor is ready at {stack.base}")
        if dev:
            self.stdout.write(f"Vite serves the web app's sources at http://127.0.0.1:{VITE_PORT}")
        self.stdout.flush()
        while not dev:
            signal.pause()
        self._follow_edits(stack.root, processes, [command.name for command in stack.commands()])

    def _follow_edits(self, root: Path, processes: Supervisor, names: list[str]) -> NoReturn:
        python = [name for name in names if name == "web" or name.startswith("worker-")]
        seen = newest_source(root)
        while True:
            time.sleep(1)
            if (newest := newest_source(root)) != seen:
                seen = newest
                self.stderr.write("Sources changed; restarting web and workers")
                for name in python:
                    processes.renew(name)

    def _announce(self, line: str) -> None:
        self.stderr.write(line, self.style.WARNING)


def newest_source(root: Path) -> float:
    return max(file.stat().st_mtime for package in PACKAGES for file in (root / package).rglob("*.py"))


def vite_command(stack: Stack) -> Process:
    frontend = stack.root / "frontend"
    node = shutil.which("node")
    if node is None:
        raise CommandError("The dev server wants Node: start it with `make dev`, which brings it.")
    vite = (node, "node_modules/vite/bin/vite.js", "--host", "127.0.0.1", "--port", str(VITE_PORT), "--strictPort")
    return Process("vite", vite, {**stack.environment, "VITE_BACKEND": stack.base}, frontend)


def end(processes: Supervisor) -> None:
    try:
        processes.stop(grace=GRACE)
    except KeyboardInterrupt:
        processes.stop(grace=0.0)


def interrupted(number: int, frame: FrameType | None) -> None:
    raise KeyboardInterrupt
