"""docker/workers/*.toml: which Celery workers run, and on which GPU."""

import re
import tomllib
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError

from gpu_tasks.devices import GB, Unfit, visible

Name = Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9-]*$")]
UNITS = {"MB": 1000**2, "MiB": 1024**2, "GB": GB, "GiB": 1024**3}


def _bytes(value: object) -> object:
    if not isinstance(value, str):
        return value
    words = re.fullmatch(r"(\d+(?:\.\d+)?) ?(MB|MiB|GB|GiB)", value)
    if words is None:
        raise ValueError(f"wanted an amount such as {', '.join(f'6 {unit}' for unit in UNITS)}")
    return int(float(words[1]) * UNITS[words[2]])


class WorkerSpec(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    name: Name
    queues: Annotated[tuple[Name, ...], Field(min_length=1)]
    concurrency: Annotated[int, Field(ge=1)] = 1
    pool: Literal["threads", "solo", "prefork"] = "threads"
    # CUDA_VISIBLE_DEVICES; without it the worker sees what the machine shows.
    gpu: Annotated[str, BeforeValidator(lambda gpu: str(gpu) if type(gpu) is int else gpu)] | None = None
    # What it takes of its GPU, in bytes.
    memory: Annotated[int, BeforeValidator(_bytes), Field(ge=0)] = 0
    # A virtual environment of its own, in TUTOR_HOME.
    venv: Name | None = None
    # Workers of the GPU stages know Redis and the media store only.
    database: bool = False
    env: dict[str, str] = {}


class _File(BaseModel):
    model_config = ConfigDict(extra="forbid")

    workers: Annotated[list[WorkerSpec], Field(min_length=1)]


def read_workers(path: Path) -> list[WorkerSpec]:
    """Raises ValueError, naming the file, the entry and the key, for what is not a worker."""
    try:
        workers = _File.model_validate(tomllib.loads(path.read_text())).workers
    except (tomllib.TOMLDecodeError, ValidationError) as error:
        raise ValueError(f"{path}: {error}") from error
    names = [worker.name for worker in workers]
    if len(set(names)) != len(names):
        raise ValueError(f"{path}: two workers share a name: {', '.join(sorted(names))}")
    for worker in workers:
        if worker.memory and worker.gpu is None:
            raise ValueError(f"{path}: {worker.name} has a memory budget, but no gpu")
    return workers


def with_ports(specs: Sequence[WorkerSpec], first: int) -> list[WorkerSpec]:
    """Several processes of one machine cannot serve their metrics at one port: they count up from `first` (0: none)."""
    if not first:
        return list(specs)
    ports = [{"METRICS_PORT": str(first + index)} for index, _ in enumerate(specs)]
    return [spec.model_copy(update={"env": {**port, **spec.env}}) for spec, port in zip(specs, ports, strict=True)]


def check_fit(specs: Sequence[WorkerSpec]) -> None:
    """Raises Unfit when a card is not there, or is smaller than what its workers take together."""
    for gpu in sorted({spec.gpu for spec in specs if spec.gpu is not None}):
        sharing = [spec for spec in specs if spec.gpu == gpu]
        wanted, room = sum(spec.memory for spec in sharing), sum(card.total for card in visible(gpu))
        if wanted > room:
            names = ", ".join(f"{spec.name} {spec.memory / GB:.1f}" for spec in sharing)
            raise Unfit(f"GPU {gpu} has {room / GB:.1f} GB, its workers want {wanted / GB:.1f} GB ({names})")
