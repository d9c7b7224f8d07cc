"""How much video a fragment of an MP4 holds, without a decoder."""

import struct
from collections.abc import Iterator

from gpu_tasks.engines.avatar.base import FPS

VIDEO = 1
"""The first track."""


def seconds(fragment: bytes) -> float:
    frames = 0
    for moof in _boxes(fragment, b"moof"):
        for traf in _boxes(moof, b"traf"):
            (header,) = _boxes(traf, b"tfhd")
            if struct.unpack(">I", header[4:8])[0] == VIDEO:
                frames += sum(struct.unpack(">I", run[4:8])[0] for run in _boxes(traf, b"trun"))
    return frames / FPS


def _boxes(data: bytes, wanted: bytes) -> Iterator[bytes]:
    """The contents of those of one kind."""
    at = 0
    while at + 8 <= len(data):
        size, kind = struct.unpack(">I4s", data[at : at + 8])
        if kind == wanted:
            yield data[at + 8 : at + size]
        at += max(size, 8)
