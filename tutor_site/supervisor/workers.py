"""workers.toml: which Celery workers this machine runs."""

import tomllib
from pathlib import Path
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

Name = Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9-]*$")]


class WorkerSpec(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    name: Name
    queues: Annotated[tuple[Name, ...], Field(min_length=1)]
    concurrency: Annotated[int, Field(ge=1)] = 1
    pool: Literal["threads", "solo", "prefork"] = "threads"
    # CUDA_VISIBLE_DEVICES; without it the worker sees what the machine shows.
    gpu: int | str | None = None
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
    return workers
