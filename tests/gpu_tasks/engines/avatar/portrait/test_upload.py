import struct

import cv2
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gpu_tasks.engines.avatar.portrait.formats import MAX_BYTES
from gpu_tasks.engines.avatar.portrait.upload import read_portrait
from gpu_tasks.engines.errors import BadPortrait


def encoded(kind: str, width: int = 40, height: int = 30) -> bytes:
    picture = np.zeros((height, width, 3), np.uint8)
    picture[:] = (20, 40, 230)  # blue, green, red
    return bytes(cv2.imencode(kind, picture)[1])


@pytest.mark.parametrize("kind", [".jpg", ".png", ".webp"])
def test_jpeg_png_and_webp_are_read(kind: str) -> None:
    picture = read_portrait(encoded(kind))

    assert picture.shape == (30, 40, 3)
    assert picture[15, 20].astype(int) == pytest.approx((230, 40, 20), abs=8)


def test_a_picture_stands_upright_as_its_camera_says() -> None:
    jpeg = encoded(".jpg", 40, 30)
    turned_right = b"Exif\0\0MM\0*\0\0\0\x08" + struct.pack(">HHHIHHI", 1, 0x0112, 3, 1, 6, 0, 0)
    exif = b"\xff\xe1" + struct.pack(">H", len(turned_right) + 2) + turned_right

    assert read_portrait(jpeg[:2] + exif + jpeg[2:]).shape == (40, 30, 3)


@pytest.mark.parametrize("kind", [".jpg", ".png", ".webp"])
def test_a_picture_that_is_cut_short_is_refused(kind: str) -> None:
    whole = bytes(cv2.imencode(kind, np.random.default_rng(1).integers(0, 255, (90, 120, 3), dtype=np.uint8))[1])

    with pytest.raises(BadPortrait, match="damaged"):
        read_portrait(whole[: len(whole) * 2 // 3])


def test_a_huge_picture_is_made_smaller() -> None:
    assert read_portrait(encoded(".png", 4000, 1000)).shape == (512, 2048, 3)


@pytest.mark.parametrize("data", [b"", b"hello", b"%PDF-1.7", b"GIF89a" + bytes(50), b"\xff\xd8", b"\x89PNG\r\n\x1a\n"])
def test_what_is_no_picture_is_refused(data: bytes) -> None:
    with pytest.raises(BadPortrait, match="not a picture"):
        read_portrait(data)


def png_that_claims(width: int, height: int) -> bytes:
    return b"\x89PNG\r\n\x1a\n" + struct.pack(">I4sII", 13, b"IHDR", width, height) + bytes(40)


def jpeg_that_claims(width: int, height: int) -> bytes:
    return b"\xff\xd8\xff\xe0\x00\x04ab\xff\xff\xc2" + struct.pack(">HBHH", 17, 8, height, width) + bytes(40)


def webp_that_claims(width: int, height: int) -> bytes:
    size = (width - 1).to_bytes(3, "little") + (height - 1).to_bytes(3, "little")
    return b"RIFF\0\0\0\0WEBPVP8X" + struct.pack("<I", 10) + bytes(4) + size + bytes(40)


@pytest.mark.parametrize("bomb", [png_that_claims, jpeg_that_claims, webp_that_claims])
def test_a_decompression_bomb_is_refused_before_it_is_decoded(bomb, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cv2, "imdecode", lambda *_: pytest.fail("it was decoded"))

    with pytest.raises(BadPortrait, match="30000 x 20000 pixels"):
        read_portrait(bomb(30_000, 20_000))


def test_a_damaged_picture_is_refused() -> None:
    with pytest.raises(BadPortrait, match="damaged"):
        read_portrait(png_that_claims(100, 100))


def test_too_many_bytes_are_refused() -> None:
    with pytest.raises(BadPortrait, match="larger than 20 MB"):
        read_portrait(bytes(MAX_BYTES + 1))


@given(head=st.sampled_from([b"", b"\xff\xd8", b"\x89PNG\r\n\x1a\n", b"RIFF\0\0\0\0WEBP"]), body=st.binary(max_size=80))
def test_no_bytes_whatever_do_more_than_be_refused(head: bytes, body: bytes) -> None:
    with pytest.raises(BadPortrait):
        read_portrait(head + body)
