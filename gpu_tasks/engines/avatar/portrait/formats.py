"""What an uploaded file claims to be, from its first bytes alone: nothing is decoded here."""

import struct
from typing import Literal

from gpu_tasks.engines.errors import BadPortrait

Kind = Literal["photo", "clip"]

MAX_BYTES = 20 * 1024 * 1024
MAX_CLIP_BYTES = 50 * 1024 * 1024
MAX_PIXELS = 50_000_000

_TAKEN = "JPEG, PNG and WebP pictures and MP4, WebM and MOV clips are taken."
_PHONE_PICTURES = {b"heic", b"heix", b"heif", b"mif1", b"msf1", b"avif", b"avis"}


def kind_of(data: bytes) -> Kind:
    """Of a picture or clip. Raises BadPortrait for anything else, and for what is too large."""
    if not data:
        raise BadPortrait("The file is empty.")
    if _is_picture(data):
        check_picture(data)
        return "photo"
    if data[4:8] == b"ftyp" and data[8:12] in _PHONE_PICTURES:
        raise BadPortrait("This is a HEIC or AVIF picture, as phones make them. Please save it as JPEG.")
    if data[4:8] in (b"ftyp", b"moov", b"mdat", b"wide") or data[:4] == b"\x1aE\xdf\xa3":
        if len(data) > MAX_CLIP_BYTES:
            raise BadPortrait(f"The clip is larger than {MAX_CLIP_BYTES // 2**20} MB.")
        return "clip"
    if data[:4] == b"GIF8":
        raise BadPortrait(f"GIF pictures are not taken. {_TAKEN}")
    if b"<" in data.removeprefix(b"\xef\xbb\xbf").lstrip()[:1]:
        raise BadPortrait(f"SVG drawings and web pages are not taken. {_TAKEN}")
    raise BadPortrait(f"This is not a picture or clip that can be read. {_TAKEN}")


def check_picture(data: bytes) -> None:
    """Whether it may be decoded. Raises BadPortrait."""
    if len(data) > MAX_BYTES:
        raise BadPortrait(f"The picture is larger than {MAX_BYTES // 2**20} MB.")
    size = _claimed_size(data)
    if size is None:
        raise BadPortrait("This is not a picture that can be read. A JPEG, PNG or WebP file is wanted.")
    # decoding takes memory by what a file claims, however small it is itself
    if size[0] * size[1] > MAX_PIXELS:
        raise BadPortrait(f"The picture has {size[0]} x {size[1]} pixels; {MAX_PIXELS // 10**6} million are the limit.")


def is_whole(data: bytes) -> bool:
    """Whether a picture has its end: decoders fill up what is missing with grey, and OpenCV's takes as much memory as a
    part of a PNG claims to be long."""
    if data[:2] == b"\xff\xd8":
        return b"\xff\xd9" in data[max(data.rfind(b"\xff\xda"), 0) :]
    if data[:4] == b"RIFF":
        return len(data) >= 8 + int.from_bytes(data[4:8], "little")
    at = 8
    while (kind := data[at + 4 : at + 8]) not in (b"IEND", b""):
        at += 12 + int.from_bytes(data[at : at + 4])
    return kind == b"IEND"


def _is_picture(data: bytes) -> bool:
    return (
        data[:8] == b"\x89PNG\r\n\x1a\n" or data[:2] == b"\xff\xd8" or (data[:4] == b"RIFF" and data[8:12] == b"WEBP")
    )


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
