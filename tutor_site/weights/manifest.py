"""The list of what a profile wants, and the lock that remembers what was fetched."""

import json
import tomllib
from pathlib import Path, PurePosixPath
from typing import Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

FOLDER = Path(__file__).parent
LOCK = "models.lock"


def _stays_inside(path: str) -> str:
    if PurePosixPath(path).is_absolute() or ".." in PurePosixPath(path).parts:
        raise ValueError("wanted a path inside the folder")
    return path


Inside = Annotated[str, AfterValidator(_stays_inside)]


class File(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    path: Inside
    to: Inside | None = None
    sha256: Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")] | None = None


class Model(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    name: Inside
    title: str
    licence: str
    licence_url: str
    repo: str
    revision: str = "main"
    gigabytes: float
    files: list[File]

    def place(self, file: File) -> str:
        """Where a file lies below MODELS_DIR, and below a mirror, which is a copy of such a folder."""
        return f"{self.name}/{file.to or file.path}"

    def address(self, hub: str, file: File) -> str:
        return f"{hub.rstrip('/')}/{self.repo}/resolve/{self.revision}/{file.path}"


class _Manifest(BaseModel):
    model_config = ConfigDict(extra="forbid")

    models: list[Model]


def read_manifest(file: Path) -> list[Model]:
    """Raises ValueError."""
    return _Manifest.model_validate(tomllib.loads(file.read_text(encoding="utf-8"))).models


class Lock:
    """The checksum of every file that was fetched into a folder, by its place."""

    def __init__(self, folder: Path) -> None:
        self._file = folder / LOCK
        self._known: dict[str, str] = json.loads(self._file.read_text()) if self._file.is_file() else {}

    def get(self, place: str) -> str | None:
        return self._known.get(place)

    def add(self, place: str, sha256: str) -> None:
        self._known[place] = sha256
        half = self._file.with_suffix(".half")
        half.write_text(json.dumps(self._known, indent=2, sort_keys=True) + "\n")
        half.replace(self._file)
