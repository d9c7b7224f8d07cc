"""The virtual environment and the packages in it."""

import os
import shutil
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from . import stamps
from .steps import CommandFailed, SetupFailed, Shell

UNREACHABLE = (
    "The package index cannot be reached: is there a network, does pip need a proxy or an index of your own "
    "(pip config list)? Run the same command again afterwards; what was downloaded is kept."
)
NOT_THERE = (
    "There is no built package for this Python and machine, or the package index of your pip configuration does not "
    "have it (pip config list). Python 3.11 on x86-64 Linux is known to work."
)
# What pip's output says, and what a person can do about it.
HINTS = {
    "No space left on device": "The disk is full (pip also unpacks in TMPDIR, {tmp}).",
    "Max retries exceeded": UNREACHABLE,
    "NewConnectionError": UNREACHABLE,
    "Read timed out": UNREACHABLE,
    "CMAKE_CXX_COMPILER": "llama-cpp-python is built from source: install a C++ compiler (g++ on Debian and Ubuntu).",
    "CERTIFICATE_VERIFY_FAILED": "The package index's certificate is not trusted here: see pip's --cert / PIP_CERT.",
    "No matching distribution found": NOT_THERE,
    "ResolutionImpossible": NOT_THERE,
}


@dataclass(frozen=True)
class Group:
    """Packages that are installed in one go. `dependencies`: also what they ask for, within constraints.txt."""

    name: str
    file: Path
    dependencies: bool = True

    def files(self) -> list[Path]:
        """The file, and those that it names by -r and -c."""
        found, waiting = [], [self.file]
        while waiting:
            file = waiting.pop()
            if file in found or not file.is_file():
                continue
            found.append(file)
            words = [line.split() for line in file.read_text().splitlines()]
            waiting += [
                (file.parent / line[1]).resolve() for line in words if len(line) == 2 and line[0] in ("-r", "-c")
            ]
        return found


class Environment:
    """A venv that is either whole or made anew: packages are never trusted after an interrupted pip."""

    def __init__(self, folder: Path, constraints: Path | None, shell: Shell) -> None:
        self.folder = folder
        self.python = folder / "bin" / "python"
        self._constraints = constraints
        self._shell = shell
        self._underway = folder / ".installing"

    def exists(self) -> bool:
        """A finished venv whose interpreter still works (an upgrade of the machine's Python may have taken it away)."""
        return (self.folder / ".made").is_file() and not self._underway.exists() and self._version() is not None

    def has(self, group: Group) -> bool:
        return stamps.is_fresh(self._stamp(group), self._wanted(group))

    def make(self) -> None:
        if self.folder.is_symlink():
            raise SetupFailed(f"{self.folder} is a link; remove it, and the set-up makes a virtual environment there.")
        if self.folder.exists():
            shutil.rmtree(self.folder)
        command = [sys.executable, "-m", "venv", str(self.folder)]
        self._shell.run("Creating the Python environment", command, env=self._env())
        stamps.write(self.folder / ".made", sys.version)

    def install(self, group: Group) -> None:
        wanted = self._wanted(group)  # of now: the files may change while pip works
        self._underway.touch()
        pip = [str(self.python), "-I", "-m", "pip", "install", "--no-input", "--only-binary=:all:"]
        # Most modules are never imported; Python compiles the others when they are, several processes at a time.
        pip.append("--no-compile")
        scope = [] if group.dependencies else ["--no-deps"]
        if group.dependencies and self._constraints:
            scope = ["-c", str(self._constraints)]
        command = [*pip, *scope, "-r", str(group.file)]
        try:
            self._shell.run(f"Installing {group.file.name}", command, env=self._env())
        except CommandFailed as error:
            hints = [hint for words, hint in HINTS.items() if words in error.output]
            advice = "\n\n" + hints[0].format(tmp=os.environ.get("TMPDIR", "/tmp")) if hints else ""
            raise SetupFailed(f"{error}{advice}") from error
        stamps.write(self._stamp(group), wanted)
        self._underway.unlink()

    def _stamp(self, group: Group) -> Path:
        return self.folder / f".installed-{group.name}"

    def _wanted(self, group: Group) -> str:
        files = {*group.files(), *([self._constraints] if self._constraints else [])}
        return stamps.fingerprint(files, self._version() or "no interpreter")

    def _version(self) -> str | None:
        if not self.python.exists():
            return None
        command = [str(self.python), "-I", "-S", "-c", "import sys; print(sys.version)"]
        answer = subprocess.run(command, capture_output=True, text=True)
        return answer.stdout if answer.returncode == 0 else None

    @staticmethod
    def _env() -> Mapping[str, str]:
        """The user's own, index and proxy included; without what would install somewhere else."""
        elsewhere = ("PIP_USER", "PIP_TARGET", "PIP_PREFIX", "PIP_ROOT", "PYTHONHOME", "PYTHONPATH")
        env = {key: value for key, value in os.environ.items() if key not in elsewhere}
        return {**env, "PIP_USER": "0", "PIP_DISABLE_PIP_VERSION_CHECK": "1", "PYTHONUNBUFFERED": "1"}
