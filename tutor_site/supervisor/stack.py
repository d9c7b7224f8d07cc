"""The whole product on one machine: which processes, on which ports, with which keys."""

import secrets
import socket
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from tutor_site.profiles import DEMO_CONTEXT
from tutor_site.supervisor.commands import (
    llm_command,
    redis_command,
    redis_url,
    web_command,
    worker_commands,
)
from tutor_site.supervisor.processes import Command
from tutor_site.supervisor.readiness import redis_answers, site_answers
from tutor_site.supervisor.workers import WorkerSpec, read_workers, with_ports

WORKERS = {"cpu": "cpu.toml", "gpu": "one-gpu.toml"}
EMBEDDED_MODEL = "smollm2-135m-instruct"
# Stages share the cores as processes; a library that takes all of them for itself slows every other one down.
ONE_THREAD_EACH = {
    "OMP_NUM_THREADS": "1",
    "OPENBLAS_NUM_THREADS": "1",
    "MKL_NUM_THREADS": "1",
    "NUMEXPR_NUM_THREADS": "1",
    "OMP_WAIT_POLICY": "passive",
    "TOKENIZERS_PARALLELISM": "false",
}

# What every process of the product starts with, unless its environment says otherwise.
DEFAULTS = {
    **ONE_THREAD_EACH,
    "HF_HUB_OFFLINE": "1",
    "PYTHONUNBUFFERED": "1",
    "DJANGO_SETTINGS_MODULE": "tutor_site.settings",
}


def workers_file(root: Path, profile: str) -> Path:
    return root / "docker" / "workers" / WORKERS[profile]


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def port_is_taken(host: str, port: int) -> bool:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError:
            return True
    return False


@dataclass
class Stack:
    """`environ` is what the children inherit, with REDIS_URL and LLM_URL if those servers are someone else's."""

    home: Path
    root: Path
    port: int
    environ: Mapping[str, str]
    host: str = "127.0.0.1"
    workers: Path | None = None
    # Where the virtual environments that workers name are, when not in `home`.
    venvs: Path | None = None
    # The name the readiness check asks for, when ALLOWED_HOSTS is strict.
    ask_as: str | None = None

    # What every child gets. A test's own Django wants the same, so that both sides mean the same Redis and files.
    environment: dict[str, str] = field(init=False)
    redis_url: str = field(init=False)

    def __post_init__(self) -> None:
        self.environment = {
            **DEFAULTS,
            **self.environ,
            "TUTOR_HOME": str(self.home),
            "PORT": str(self.port),
            "HOST": self.host,
        }
        if not self.environ.get("REDIS_URL"):
            self._redis_port, self._redis_password = free_port(), secrets.token_hex(16)
            self.environment["REDIS_URL"] = redis_url(self._redis_port, self._redis_password)
        self.redis_url = self.environment["REDIS_URL"]
        if self.environ.get("LLM_URL"):
            self.environment.setdefault("DEMO_BRAIN", "false")
        if self._embeds_model():
            self._llm_port = free_port()
            self.environment["LLM_URL"] = f"http://127.0.0.1:{self._llm_port}/v1"
            self.environment["LLM_API_KEY"] = secrets.token_hex(16)
            self.environment["LLM_MODEL"] = EMBEDDED_MODEL
            self.environment["LLM_CONTEXT_TOKENS"] = self.environ.get("LLM_CONTEXT_TOKENS") or str(DEMO_CONTEXT)

    @property
    def profile(self) -> str:
        return self.environ.get("TUTOR_PROFILE") or "cpu"

    def _embeds_model(self) -> bool:
        """The demo brain; in the gpu profile the LLM worker has a model of its own."""
        return not self.environ.get("LLM_URL") and self.profile == "cpu"

    @property
    def base(self) -> str:
        """Where a browser on this machine finds the product."""
        host = "127.0.0.1" if self.host in ("0.0.0.0", "::") else self.host
        return f"http://[{host}]:{self.port}" if ":" in host else f"http://{host}:{self.port}"

    def specs(self) -> list[WorkerSpec]:
        specs = read_workers(self.workers or workers_file(self.root, self.profile))
        return with_ports(specs, int(self.environ.get("METRICS_PORT") or 0))

    def servers(self) -> list[Command]:
        """What the workers need."""
        servers = []
        if not self.environ.get("REDIS_URL"):
            servers.append(redis_command(self.home, port=self._redis_port, password=self._redis_password))
        if self._embeds_model():
            context = self.environment["LLM_CONTEXT_TOKENS"]
            servers.append(llm_command(self.root, self.environment, port=self._llm_port, context=context))
        return servers

    def workers_of(self, *, database: bool) -> list[Command]:
        specs = [spec for spec in self.specs() if spec.database == database]
        return worker_commands(self.root, self.environment, specs, self.venvs or self.home)

    def engines(self) -> list[Command]:
        """What can run before the database is ready."""
        return [*self.servers(), *self.workers_of(database=False)]

    def site(self) -> list[Command]:
        """What wants a migrated database."""
        web = web_command(self.root, self.environment, host=self.host, port=self.port)
        return [web, *self.workers_of(database=True)]

    def commands(self) -> list[Command]:
        return [*self.engines(), *self.site()]

    def answers(self) -> str | None:
        """None when a turn can be taken, else what is missing."""
        return redis_answers(self.redis_url) or site_answers(self.base, self.ask_as)
