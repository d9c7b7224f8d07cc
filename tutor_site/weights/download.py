"""One file from a hub or a mirror: resumed where it broke off, checked, and there whole or not at all."""

import hashlib
import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

import httpx

BLOCK = 1024 * 1024
TRIES = 5
TIMEOUT = httpx.Timeout(30, read=60)

Progress = Callable[[int, int | None], None]
"""(bytes that are there, bytes in all if that is known)"""


class FetchFailed(Exception):
    """In words for ops: which file, and what is wrong with it."""


class _BrokeOff(Exception):
    """Worth another try."""


def fetch(
    source: str | Path,
    target: Path,
    *,
    sha256: str | None,
    progress: Progress,
    wait: Callable[[float], None] = time.sleep,
) -> str:
    """Put a file in its place; returns its SHA-256. Raises FetchFailed; what was received stays for the next time,
    unless it is known to be wrong."""
    target.parent.mkdir(parents=True, exist_ok=True)
    part = target.with_name(f"{target.name}.part")
    if isinstance(source, Path):
        _copy(source, part, progress)
    else:
        _download(source, part, progress, wait)
    found = digest(part)
    if sha256 is not None and found != sha256:
        _forget(part)
        raise FetchFailed(f"{source} is not what was expected: its SHA-256 is {found}, wanted {sha256}")
    part.replace(target)
    _forget(part)
    return found


def digest(file: Path) -> str:
    with file.open("rb") as opened:
        return hashlib.file_digest(opened, "sha256").hexdigest()


def _copy(source: Path, part: Path, progress: Progress) -> None:
    try:
        with source.open("rb") as opened, part.open("wb") as written:
            size, there = source.stat().st_size, 0
            while block := opened.read(BLOCK):
                written.write(block)
                there += len(block)
                progress(there, size)
    except OSError as error:
        raise FetchFailed(f"{source}: {error.strerror or error}") from error


def _download(url: str, part: Path, progress: Progress, wait: Callable[[float], None]) -> None:
    for attempt in range(1, TRIES + 1):
        before = _size(part)
        try:
            _continue(url, part, progress)
            return
        except (_BrokeOff, httpx.TransportError) as error:
            if attempt == TRIES:
                why = error or type(error).__name__
                raise FetchFailed(
                    f"{url} broke off {TRIES} times, at {_size(part):,} bytes at last ({why}); "
                    "the same command goes on from there"
                ) from error
            # One that moves on is asked again at once.
            wait(0.0 if _size(part) > before else float(2**attempt))


def _continue(url: str, part: Path, progress: Progress) -> None:
    """Append what is missing, if the server knows how and still has the same file; else begin again."""
    headers, tag = {"Accept-Encoding": "identity"}, _tag(part)
    have = _size(part)
    if have and tag.is_file():
        headers |= {"Range": f"bytes={have}-", "If-Range": tag.read_text()}
    with httpx.stream("GET", url, headers=headers, follow_redirects=True, timeout=TIMEOUT) as answer:
        if answer.status_code == httpx.codes.REQUESTED_RANGE_NOT_SATISFIABLE:
            _forget(part)
            raise _BrokeOff("what was there does not fit")
        if answer.status_code in (429, 500, 502, 503, 504):
            raise _BrokeOff(f"status {answer.status_code}")
        if answer.status_code not in (200, 206):
            raise FetchFailed(f"{url}: status {answer.status_code}{_advice(answer.status_code)}")
        goes_on = answer.status_code == 206 and answer.headers.get("Content-Range", "").startswith(f"bytes {have}-")
        if answer.status_code == 206 and not goes_on:
            _forget(part)
            raise _BrokeOff("the server sent another range than was asked for")
        there = have if goes_on else 0
        length = answer.headers.get("Content-Length")
        size = there + int(length) if length else None
        if not goes_on:
            _remember(tag, answer.headers)
        with _opened(part, "ab" if goes_on else "wb") as written:
            for block in answer.iter_raw():  # as it comes: what waits to fill a block is lost when it breaks off
                written.write(block)
                there += len(block)
                progress(there, size)
    if size is not None and there != size:
        raise _BrokeOff(f"{there:,} of {size:,} bytes")


@contextmanager
def _opened(part: Path, mode: str) -> Iterator[BinaryIO]:
    with part.open(mode) as written:
        yield written  # type: ignore[misc]  # a binary file, as `mode` says
        written.flush()
        os.fsync(written.fileno())


def _remember(tag: Path, headers: httpx.Headers) -> None:
    """What names this very version of the file; without it, resuming could sew two together."""
    etag = headers.get("ETag", "")
    name = etag if etag and not etag.startswith("W/") else headers.get("Last-Modified", "")
    if name:
        tag.write_text(name)
    else:
        tag.unlink(missing_ok=True)


def _advice(status: int) -> str:
    if status in (401, 403):
        return " (does this repository want you to accept its terms? Then use a mirror: --from)"
    return " (is it still there, under this name?)" if status == 404 else ""


def _tag(part: Path) -> Path:
    return part.with_name(f"{part.name}.tag")


def _size(part: Path) -> int:
    return part.stat().st_size if part.is_file() else 0


def _forget(part: Path) -> None:
    part.unlink(missing_ok=True)
    _tag(part).unlink(missing_ok=True)
