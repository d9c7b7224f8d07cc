"""The file of a backup: a tar of `database`, `media/…` and, last, `manifest.json` with the checksum of each."""

import hashlib
import io
import json
import os
import tarfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Final, Literal

from pydantic import BaseModel, ValidationError

FORMAT: Final = 1
MANIFEST = "manifest.json"
DATABASE = "database"
MEDIA = "media/"
CHUNK = 1024 * 1024


class Damaged(Exception):
    """Not a backup, or not as it was written. The message says what is wrong."""


class Entry(BaseModel):
    size: int
    sha256: str


class Manifest(BaseModel):
    format: Literal[1] = FORMAT
    made_at: str
    database: str
    """Django's name of the kind: sqlite, postgresql."""
    migrations: list[str]
    files: dict[str, Entry] = {}


class Writer:
    def __init__(self, tar: tarfile.TarFile, manifest: Manifest) -> None:
        self._tar, self._manifest = tar, manifest

    def add(self, name: str, data: bytes) -> None:
        self._manifest.files[name] = Entry(size=len(data), sha256=hashlib.sha256(data).hexdigest())
        self._put(name, len(data), io.BytesIO(data))

    def add_file(self, name: str, path: Path) -> None:
        with path.open("rb") as file:
            digest = hashlib.file_digest(file, "sha256").hexdigest()
            size = file.tell()
            self._manifest.files[name] = Entry(size=size, sha256=digest)
            file.seek(0)
            self._put(name, size, file)

    def finish(self) -> None:
        data = self._manifest.model_dump_json(indent=1).encode()
        self._put(MANIFEST, len(data), io.BytesIO(data))

    def _put(self, name: str, size: int, file: IO[bytes]) -> None:
        member = tarfile.TarInfo(name)
        member.size, member.mode = size, 0o600
        self._tar.addfile(member, file)


@contextmanager
def writing(path: Path, manifest: Manifest) -> Iterator[Writer]:
    """The file has its name when it is whole, and is its owner's only."""
    part = path.with_name(f"{path.name}.part")
    descriptor = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    try:
        with os.fdopen(descriptor, "wb") as file:
            with tarfile.open(fileobj=file, mode="w") as tar:
                writer = Writer(tar, manifest)
                yield writer
                writer.finish()
            file.flush()
            os.fsync(file.fileno())
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)


def verified(path: Path) -> Manifest:
    """Reads all of it once. Raises Damaged."""
    try:
        with tarfile.open(path, "r:") as tar:
            manifest, found = None, {}
            for member in tar:
                file = tar.extractfile(member)
                if file is None:
                    raise Damaged(f"{member.name} in it is no plain file")
                if member.name == MANIFEST:
                    manifest = _manifest(file.read())
                else:
                    digest = hashlib.sha256()
                    while chunk := file.read(CHUNK):
                        digest.update(chunk)
                    found[member.name] = Entry(size=member.size, sha256=digest.hexdigest())
    except FileNotFoundError:
        raise
    except (tarfile.TarError, EOFError, OSError, ValueError) as error:
        raise Damaged(f"it is no tar file, or was cut off ({error})") from error
    if manifest is None:
        raise Damaged(f"it has no {MANIFEST}: it is no backup, or was cut off")
    if missing := sorted({DATABASE, *manifest.files} - set(found)):
        raise Damaged(f"{missing[0]} is missing in it")
    for name, entry in found.items():
        if manifest.files.get(name) != entry:
            raise Damaged(f"{name} in it is not what was written")
        if name != DATABASE and (not name.startswith(MEDIA) or ".." in Path(name).parts):
            raise Damaged(f"{name} has no place in a backup")
    return manifest


def _manifest(data: bytes) -> Manifest:
    try:
        told = json.loads(data)
        if isinstance(told, dict) and told.get("format") != FORMAT:
            raise Damaged(f"it is of the format {told.get('format')}; this version reads {FORMAT}")
        return Manifest.model_validate(told)
    except (ValueError, ValidationError) as error:
        raise Damaged(f"its {MANIFEST} cannot be read") from error


def unpack(path: Path, database: Path, save: Callable[[str, bytes], object]) -> None:
    """Of a verified archive: the database to a file, each of the media to `save` with its key."""
    with tarfile.open(path, "r:") as tar:
        for member in tar:
            file = tar.extractfile(member)
            assert file is not None
            if member.name == DATABASE:
                with database.open("wb") as target:
                    while chunk := file.read(CHUNK):
                        target.write(chunk)
            elif member.name.startswith(MEDIA):
                save(member.name.removeprefix(MEDIA), file.read())
