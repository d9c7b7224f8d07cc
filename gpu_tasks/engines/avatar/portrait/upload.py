"""From the bytes that somebody uploaded to pixels, without trusting them."""

import struct

import cv2
import numpy as np
from numpy.typing import NDArray

from gpu_tasks.engines.errors import BadPortrait

MAX_BYTES = 20 * 1024 * 1024
MAX_PIXELS = 50_000_000
_WORK_SIDE = 2048


def read_portrait(data: bytes) -> NDArray[np.uint8]:
    """RGB, upright, not larger than is of use. Raises BadPortrait."""
    if len(data) > MAX_BYTES:
        raise BadPortrait(f"The picture is larger than {MAX_BYTES // 2**20} MB.")
    size = _claimed_size(data)
    if size is None:
        raise BadPortrait("This is not a picture that can be read. A JPEG, PNG or WebP file is wanted.")
    # decoding takes memory by what a file claims, however small it is itself
    if size[0] * size[1] > MAX_PIXELS:
        raise BadPortrait(f"The picture has {size[0]} x {size[1]} pixels; {MAX_PIXELS // 10**6} million are the limit.")
    try:
        bgr = cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_COLOR)
    except cv2.error as error:
        raise BadPortrait("The picture is damaged and cannot be read.") from error
    if bgr is None:
        raise BadPortrait("The picture is damaged and cannot be read.")
    zoom = _WORK_SIDE / max(bgr.shape[:2])
    if zoom < 1:
        bgr = cv2.resize(bgr, None, fx=zoom, fy=zoom, interpolation=cv2.INTER_AREA)
    return cv2.cvtColor(bgr, cv2.COLOR_BGR2RGB).astype(np.uint8, copy=False)


def _claimed_size(data: bytes) -> tuple[int, int] | None:
    """Width and height from the header of a PNG, JPEG or WebP; None of anything else."""
    try:
        if data[:8] == b"\x89PNG\r\n\x1a\n":
            width, height = struct.unpack(">II", data[16:24])
            return width, height
        if data[:2] == b"\xff\xd8":
            return _jpeg_size(data)
        if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
            return _webp_size(data)
    except (struct.error, IndexError):
        return None
    return None


def _jpeg_size(data: bytes) -> tuple[int, int] | None:
    at = 2
    while data[at] == 0xFF:
        marker = data[at + 1]
        if marker == 0xFF:  # padding
            at += 1
        elif 0xC0 <= marker <= 0xCF and marker not in (0xC4, 0xC8, 0xCC):
            height, width = struct.unpack(">HH", data[at + 5 : at + 9])
            return width, height
        else:
            at += 2 + int(struct.unpack(">H", data[at + 2 : at + 4])[0])
    return None


def _webp_size(data: bytes) -> tuple[int, int] | None:
    kind, body = data[12:16], data[20:]
    if kind == b"VP8X":
        return 1 + int.from_bytes(body[4:7], "little"), 1 + int.from_bytes(body[7:10], "little")
    if kind == b"VP8L":
        bits = int(struct.unpack("<I", body[1:5])[0])
        return 1 + (bits & 0x3FFF), 1 + (bits >> 14 & 0x3FFF)
    if kind == b"VP8 ":
        width, height = struct.unpack("<HH", body[6:10])
        return width & 0x3FFF, height & 0x3FFF
    return None
