"""Remembers what was finished, by the content it was made from, and keeps two set-ups apart."""

import contextlib
import fcntl
import hashlib
import os
from collections.abc import Iterable, Iterator
from pathlib import Path


def fingerprint(files: Iterable[Path], *words: str) -> str:
    digest = hashlib.sha256()
    for word in words:
        digest.update(word.encode() + b"\0")
    for file in sorted(files):
        content = file.read_bytes()
        digest.update(f"{file.name}\0{len(content)}\0".encode() + content)
    return digest.hexdigest()


def is_fresh(stamp: Path, wanted: str) -> bool:
    return stamp.is_file() and stamp.read_text().strip() == wanted


def write(stamp: Path, value: str) -> None:
    """At once or not at all: a stamp that is there can be trusted."""
    half = stamp.with_suffix(".half")
    half.write_text(value + "\n")
    half.replace(stamp)


@contextlib.contextmanager
def only_one(folder: Path, waiting: str) -> Iterator[None]:
    """Hold `folder` for this process; says `waiting` once if another one has it."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            print(waiting, flush=True)
            fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)
