"""python3 tutor_site/install [--dev] [--without-web] [--environment NAME] [--mode MODE] [-- COMMAND ...]

Sets up what is missing, then becomes COMMAND, with the virtual environment and Node in front of its PATH.
"""

import argparse
import contextlib
import os
import secrets
import signal
import sys
from collections.abc import Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from types import FrameType

from . import stamps
from .libraries import stand_in_for_missing
from .machine import problems
from .node import WebApp, link_packaged_node, system_node
from .python import Environment, Group
from .steps import SetupFailed, Shell, Steps

REPOSITORY = Path(__file__).resolve().parents[2]


@dataclass(frozen=True)
class Kind:
    """A virtual environment in TUTOR_HOME. WhisperX pins what the others cannot live with, and so does pipecat, with
    which the benchmarks compare."""

    folder: str
    requirements: str
    room: int
    constraints: str | None = "constraints.txt"
    models: bool = True


KINDS = {
    "cpu": Kind("venv", "requirements.txt", 3 * 1024**3),
    "gpu": Kind("gpu-venv", "docker/requirements-gpu.txt", 10 * 1024**3),
    "whisperx": Kind("whisperx-venv", "docker/requirements-whisperx.txt", 10 * 1024**3, constraints=None),
    "pipecat": Kind("pipecat-venv", "bench/requirements-pipecat.txt", 2 * 1024**3, constraints=None, models=False),
}


class Setup:
    def __init__(self, home: Path, repository: Path, *, dev: bool, web: bool, kind: Kind = KINDS["cpu"]) -> None:
        self.home = home
        self.shell = Shell(home / "logs" / "setup.log")
        self.room = kind.room
        constraints = repository / kind.constraints if kind.constraints else None
        self.venv = Environment(home / kind.folder, constraints, self.shell)
        self.node = Group("node", repository / "requirements-node.txt", dependencies=False)
        self.packages = [Group("base", repository / kind.requirements)]
        if dev:
            self.packages.append(Group("dev", repository / "requirements-dev.txt"))
        self.models = [Group("models", repository / "requirements-models.txt", dependencies=False)] * kind.models
        self.app = WebApp(repository / "frontend", self.shell) if web else None
        self.node_links = home / "node" / "bin"
        self.libraries = self.venv.folder / "stand-ins"

    def is_done(self) -> bool:
        groups = [*self.packages, *self.models]
        python = self.venv.exists() and all(self.venv.has(group) for group in groups)
        return python and (self.app is None or (self.app.is_installed() and self.app.is_built()))

    def run(self) -> None:
        if found := problems(self.home, self.room):
            raise SetupFailed("\n".join(found))
        print(
            f"Setting up {self.venv.folder.name} in {self.home} (only now, and when something has changed)", flush=True
        )
        steps = Steps(5 if self.app else 3)
        with steps.step("Creating the Python environment"):
            if not self.venv.exists():
                self.venv.make()
        # The web app is built on one core while pip fills the other.
        with ThreadPoolExecutor(1) as beside:
            building: Future[None] | None = None
            try:
                if self.app is not None:
                    with steps.step("Finding Node"):
                        node = self._find_node()
                    building = beside.submit(self._build, self.app, node)
                with steps.step("Installing the Python packages"):
                    for group in self.packages:
                        self._install(group)
                with steps.step("Installing the model weights"):
                    for group in self.models:
                        self._install(group)
                    for folder in self._site_packages():
                        stand_in_for_missing(folder, self.libraries)
                if building is not None:
                    with steps.step("Building the web app"):
                        building.result()
            except BaseException:
                self.shell.end()
                raise

    def environment(self, mode: str | None) -> dict[str, str]:
        """What the command that follows runs with."""
        paths = [str(self.venv.folder / "bin"), *([str(self.node_links)] if self.node_links.is_dir() else [])]
        env = {
            **os.environ,
            "TUTOR_HOME": str(self.home),
            "VIRTUAL_ENV": str(self.venv.folder),
            "PATH": os.pathsep.join([*paths, os.environ.get("PATH", os.defpath)]),
        }
        if self.libraries.is_dir():
            there = [env["LD_LIBRARY_PATH"]] if env.get("LD_LIBRARY_PATH") else []
            env["LD_LIBRARY_PATH"] = os.pathsep.join([*there, str(self.libraries)])
        if mode:
            env.setdefault("TUTOR_MODE", mode)
        if env.get("TUTOR_MODE") in ("demo", "dev") and "SECRET_KEY" not in env:
            env["SECRET_KEY"] = secret_key(self.home)
        return env

    def _find_node(self) -> Path:
        if (node := system_node()) is not None:
            return node
        self._install(self.node)
        for folder in self._site_packages():
            link_packaged_node(folder, self.node_links)
        return self.node_links

    def _build(self, app: WebApp, node: Path) -> None:
        with stamps.only_one(app.folder, "Another set-up is building the web app; waiting for it."):
            if not app.is_installed():
                app.install(node)
            if not app.is_built():
                app.build(node)

    def _install(self, group: Group) -> None:
        if not self.venv.has(group):
            self.venv.install(group)

    def _site_packages(self) -> list[Path]:
        return sorted(self.venv.folder.glob("lib/python3.*/site-packages"))


def secret_key(home: Path) -> str:
    """Made once, for this demo alone."""
    file = home / "secret.key"
    if not file.is_file():
        with contextlib.suppress(FileExistsError):
            descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            os.write(descriptor, secrets.token_urlsafe(48).encode())
            os.close(descriptor)
    return file.read_text().strip()


def ended(number: int, frame: FrameType | None) -> None:
    raise KeyboardInterrupt


def main(arguments: Sequence[str]) -> int:
    parser = argparse.ArgumentParser(prog="tutor_site/install", description=__doc__)
    parser.add_argument("--dev", action="store_true", help="also what the tests and checks need")
    parser.add_argument("--without-web", action="store_true", help="neither Node nor the web app")
    parser.add_argument("--environment", choices=tuple(KINDS), default="cpu", help="for which stages (cpu: all)")
    parser.add_argument("--mode", choices=("demo", "dev"), help="TUTOR_MODE, unless the environment says otherwise")
    parser.add_argument("command", nargs="*", help="what to become afterwards")
    options = parser.parse_args(arguments)
    home = (REPOSITORY / Path(os.environ.get("TUTOR_HOME") or ".tutor").expanduser()).resolve()
    signal.signal(signal.SIGTERM, ended)
    try:
        home.mkdir(parents=True, exist_ok=True)
        kind = KINDS[options.environment]
        setup = Setup(home, REPOSITORY, dev=options.dev, web=not options.without_web, kind=kind)
        with stamps.only_one(home, f"Another set-up is at work in {home}; waiting for it."):
            if not setup.is_done():
                setup.run()
        environment = setup.environment(options.mode)
    except SetupFailed as error:
        print(f"\nSet-up stopped.\n{error}", file=sys.stderr)
        return 1
    except OSError as error:
        print(f"\nSet-up stopped: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("\nInterrupted. The same command goes on from here.", file=sys.stderr)
        return 130
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    if options.command:
        os.execvpe(options.command[0], options.command, environment)
    return 0
