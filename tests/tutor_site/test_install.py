"""The set-up: what a first start makes, what a later one leaves alone, what an interrupted one repairs."""

import ast
import ctypes
import os
import platform
import subprocess
import sys
import threading
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from tutor_site.install import machine, node, stamps
from tutor_site.install.libraries import RETURN_ZERO, empty_library
from tutor_site.install.main import KINDS, Kind, secret_key
from tutor_site.install.node import WebApp
from tutor_site.install.python import Environment, Group
from tutor_site.install.steps import CommandFailed, SetupFailed, Shell
from tutor_site.supervisor import Supervisor

ROOT = Path(__file__).resolve().parents[2]
WHEEL = "Wheel-Version: 1.0\nGenerator: tests\nRoot-Is-Purelib: true\nTag: py3-none-any\n"


@pytest.fixture
def shell(tmp_path: Path) -> Shell:
    return Shell(tmp_path / "logs" / "setup.log")


def script(file: Path, text: str) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(f"#!/bin/sh\n{text}\n")
    file.chmod(0o755)


# Stamps


def test_a_changed_file_changes_the_fingerprint_and_its_date_does_not(tmp_path: Path) -> None:
    file = tmp_path / "requirements.txt"
    file.write_text("Django==5.2")
    before = stamps.fingerprint([file], "3.11")
    os.utime(file, (0, 0))
    assert stamps.fingerprint([file], "3.11") == before
    assert stamps.fingerprint([file], "3.12") != before
    file.write_text("Django==5.3")
    assert stamps.fingerprint([file], "3.11") != before


def test_two_set_ups_take_turns(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    order = []

    def second() -> None:
        with stamps.only_one(tmp_path, "waiting"):
            order.append("second")

    thread = threading.Thread(target=second)
    with stamps.only_one(tmp_path, "never said"):
        thread.start()
        while "waiting" not in capsys.readouterr().out:
            assert thread.is_alive()
        order.append("first")
    thread.join()
    assert order == ["first", "second"]


# The machine


def test_an_old_python_can_read_far_enough_to_say_that_it_is_too_old() -> None:
    source = (ROOT / "tutor_site" / "install" / "__main__.py").read_text()
    ast.parse(source, feature_version=(3, 6))
    assert source.index("sys.version_info") < source.index("from install")


def test_a_full_disk_is_said_before_the_long_part(tmp_path: Path) -> None:
    assert any("free disk space" in problem for problem in machine.problems(tmp_path, room=1 << 60))
    assert not any("free disk space" in problem for problem in machine.problems(tmp_path, room=1))


def test_a_missing_library_is_said_with_the_package_to_install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(machine, "NEEDED_LIBRARIES", {"libnothing.so.9": "libnothing9"})
    assert any("libnothing.so.9" in p and "install libnothing9" in p for p in machine.problems(tmp_path, room=1))


@pytest.mark.skipif(platform.machine() not in RETURN_ZERO, reason="no machine code for this processor")
@pytest.mark.parametrize("functions", [[b"glClear"], [b"glClear", b"eglQueryString", b"glXGetProcAddress"]])
def test_an_empty_library_loads_and_its_functions_return_zero(tmp_path: Path, functions: list[bytes]) -> None:
    file = tmp_path / "libGL.so.1"
    file.write_bytes(empty_library("libGL.so.1", functions, platform.machine()))
    library = ctypes.CDLL(str(file))
    for function in functions:
        assert library[function.decode()]() == 0
    with pytest.raises(AttributeError):
        _ = library.glSomethingElse


def test_the_demo_secret_is_made_once_and_is_ours_to_read_only(tmp_path: Path) -> None:
    first = secret_key(tmp_path)
    assert len(first) >= 50
    assert secret_key(tmp_path) == first
    assert (tmp_path / "secret.key").stat().st_mode & 0o077 == 0


# The Python environment, with a package index of one package


def publish(index: Path, version: str) -> None:
    index.mkdir(exist_ok=True)
    info = f"chalk_for_tests-{version}.dist-info"
    with zipfile.ZipFile(index / f"chalk_for_tests-{version}-py3-none-any.whl", "w") as wheel:
        wheel.writestr("chalk_for_tests.py", f"VERSION = {version!r}\n")
        wheel.writestr(f"{info}/METADATA", f"Metadata-Version: 2.1\nName: chalk-for-tests\nVersion: {version}\n")
        wheel.writestr(f"{info}/WHEEL", WHEEL)
        wheel.writestr(f"{info}/RECORD", "")


@pytest.fixture
def index(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "index"
    publish(folder, "1.0")
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", str(folder))
    return folder


@pytest.fixture
def requirements(tmp_path: Path) -> Path:
    file = tmp_path / "requirements.txt"
    file.write_text("chalk-for-tests\n")
    (tmp_path / "constraints.txt").write_text("chalk-for-tests==1.0\n")
    return file


def chalk(environment: Environment) -> str:
    command = [str(environment.python), "-c", "import chalk_for_tests; print(chalk_for_tests.VERSION)"]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip()


def test_an_environment_follows_its_requirements_and_is_not_trusted_after_an_interruption(
    tmp_path: Path, shell: Shell, index: Path, requirements: Path
) -> None:
    constraints = tmp_path / "constraints.txt"
    group = Group("base", requirements)
    environment = Environment(tmp_path / "venv", constraints, shell)
    assert not environment.exists()

    environment.make()
    environment.install(group)
    assert environment.exists()
    assert environment.has(group)
    assert chalk(environment) == "1.0"

    publish(index, "2.0")
    constraints.write_text("chalk-for-tests==2.0\n")
    assert not environment.has(group)
    environment.install(group)
    assert chalk(environment) == "2.0"

    # Interrupted in the middle of pip: what is there cannot be trusted.
    constraints.write_text("chalk-for-tests==3.0\n")
    with pytest.raises(SetupFailed, match="There is no built package"):
        environment.install(group)
    assert not environment.exists()


def test_an_environment_whose_python_was_upgraded_away_is_none(tmp_path: Path, shell: Shell) -> None:
    environment = Environment(tmp_path / "venv", tmp_path / "constraints.txt", shell)
    (environment.folder / "bin").mkdir(parents=True)
    (environment.folder / ".made").touch()
    environment.python.symlink_to(sys.executable)
    assert environment.exists()
    environment.python.unlink()
    environment.python.symlink_to(tmp_path / "gone")
    assert not environment.exists()


def test_a_change_in_a_file_that_the_requirements_name_is_a_change(tmp_path: Path) -> None:
    (tmp_path / "docker").mkdir()
    (tmp_path / "base.txt").write_text("chalk-for-tests\n")
    (tmp_path / "docker" / "pins.txt").write_text("chalk-for-tests==1.0\n-r ../base.txt\n")
    gpu = tmp_path / "docker" / "gpu.txt"
    gpu.write_text("# -r no.txt\n-r ../base.txt\n-c pins.txt\nsponge-for-tests\n")

    assert {file.name for file in Group("base", gpu).files()} == {"gpu.txt", "base.txt", "pins.txt"}


@pytest.mark.parametrize("kind", KINDS.values(), ids=KINDS)
def test_the_requirements_of_each_environment_are_there(kind: Kind) -> None:
    assert (ROOT / kind.requirements).is_file()
    assert kind.constraints is None or (ROOT / kind.constraints).is_file()


def test_a_failing_command_shows_its_last_lines_and_where_the_rest_is(shell: Shell) -> None:
    code = "print('\\n'.join(f'line {n}' for n in range(100))); raise SystemExit(1)"
    with pytest.raises(CommandFailed) as failure:
        shell.run("Counting", [sys.executable, "-c", code], env=os.environ)
    assert "line 99" in str(failure.value)
    assert "line 20\n" not in str(failure.value)
    assert str(shell.log) in str(failure.value)
    assert "line 20\n" in shell.log.read_text()


@pytest.mark.skipif(sys.platform != "linux", reason="the kernel's help is Linux'")
def test_no_pip_outlives_a_set_up_that_is_killed(tmp_path: Path) -> None:
    code = f"""
import os, sys
from pathlib import Path
from tutor_site.install.steps import Shell
sleeper = "import os, time; print(os.getpid(), flush=True); time.sleep(600)"
Shell(Path({str(tmp_path / "log")!r})).run("Sleeping", [sys.executable, "-c", sleeper], env=os.environ)
"""
    watcher = Supervisor(logs=tmp_path)
    with subprocess.Popen([sys.executable, "-c", code], cwd=ROOT) as setup:
        try:
            watcher.wait_ready(lambda: None if pids(tmp_path / "log") else "the child's start", timeout=30)
        finally:
            setup.kill()
    (child,) = pids(tmp_path / "log")
    watcher.wait_ready(lambda: f"the end of {child}" if is_alive(child) else None, timeout=30)


def is_alive(pid: int) -> bool:
    """Zombies are not."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False


def pids(log: Path) -> list[int]:
    return [int(line) for line in log.read_text().splitlines() if line.isdigit()] if log.exists() else []


# Node and the web app


@pytest.mark.parametrize(
    ("version", "good"),
    [
        ("v20.19.0", True),
        ("v20.18.3", False),
        ("v18.20.8", False),
        ("v21.7.3", False),
        ("v22.11.0", False),
        ("v22.12.0", True),
        ("v24.19.0\n", True),
        ("", False),
        ("nonsense", False),
    ],
)
def test_a_node_fits_when_vite_runs_on_it(version: str, good: bool) -> None:
    assert node.fits(version) is good


def test_the_machines_node_is_taken_only_with_npm_and_new_enough(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    assert node.system_node() is None
    script(tmp_path / "node", "echo v22.20.0")
    assert node.system_node() is None
    script(tmp_path / "npm", "")
    assert node.system_node() == tmp_path
    script(tmp_path / "node", "echo v18.0.0")
    assert node.system_node() is None


Npm = Callable[[str], None]


@pytest.fixture
def tools(tmp_path: Path) -> Path:
    return tmp_path / "node" / "bin"


@pytest.fixture
def npm(tools: Path) -> Npm:
    """Sets what `npm` does; each call is written down."""

    def set_npm(build: str) -> None:
        script(
            tools / "npm",
            f"""echo "$1" >> calls.txt
case "$1" in
ci|install) mkdir -p node_modules;;
run) {build};;
esac""",
        )

    set_npm("mkdir -p dist && echo '<html>' > dist/index.html")
    return set_npm


@pytest.fixture
def app(tmp_path: Path, shell: Shell) -> WebApp:
    folder = tmp_path / "frontend"
    (folder / "src").mkdir(parents=True)
    (folder / "package.json").write_text("{}")
    (folder / "package-lock.json").write_text("{}")
    (folder / "src" / "main.ts").write_text("one")
    return WebApp(folder, shell)


def test_the_web_app_is_built_again_only_when_its_sources_change(app: WebApp, npm: Npm, tools: Path) -> None:
    assert not app.is_installed()
    assert not app.is_built()
    app.install(tools)
    app.build(tools)
    assert app.is_installed()
    assert app.is_built()

    (app.folder / "src" / "main.ts").write_text("two")
    assert app.is_installed()
    assert not app.is_built()
    app.build(tools)
    assert app.is_built()

    (app.folder / "src" / "main.ts").rename(app.folder / "src" / "other.ts")
    assert not app.is_built()


def test_a_build_that_vanished_is_made_again(app: WebApp, npm: Npm, tools: Path) -> None:
    app.install(tools)
    app.build(tools)
    (app.folder / "dist" / "index.html").unlink()
    assert not app.is_built()


def test_a_failed_build_leaves_no_stamp_and_says_why(app: WebApp, npm: Npm, tools: Path) -> None:
    app.install(tools)
    app.build(tools)
    (app.folder / "src" / "main.ts").write_text("two")
    npm("echo 'main.ts:1 Unexpected token'; exit 1")
    with pytest.raises(SetupFailed, match=r"main\.ts:1 Unexpected token"):
        app.build(tools)
    assert not app.is_built()


def test_a_lock_file_that_npm_ci_refuses_is_installed_from_all_the_same(app: WebApp, tools: Path) -> None:
    script(
        tools / "npm", 'echo "$1" >> calls.txt; [ "$1" = install ] && mkdir node_modules || { echo EUSAGE; exit 1; }'
    )
    app.install(tools)
    assert app.is_installed()
    assert (app.folder / "calls.txt").read_text().split() == ["ci", "install"]


def test_a_registry_out_of_reach_is_not_taken_for_a_lock_file_in_the_wrong(app: WebApp, tools: Path) -> None:
    script(tools / "npm", 'echo "$1" >> calls.txt; echo ENOTFOUND; exit 1')
    with pytest.raises(CommandFailed, match="ENOTFOUND"):
        app.install(tools)
    assert (app.folder / "calls.txt").read_text().split() == ["ci"]


def test_a_checkout_without_the_web_app_is_said_plainly(tmp_path: Path, shell: Shell) -> None:
    with pytest.raises(SetupFailed, match=r"package\.json is missing"):
        WebApp(tmp_path, shell).is_installed()
