from contextlib import suppress

import cv2
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gpu_tasks.engines.avatar.portrait import formats
from gpu_tasks.engines.avatar.portrait.formats import is_whole, kind_of
from gpu_tasks.engines.errors import BadPortrait

MP4 = b"\0\0\0\x20ftypisom" + bytes(64)


def encoded(kind: str) -> bytes:
    picture = np.random.default_rng(1).integers(0, 255, (90, 120, 3), dtype=np.uint8)
    return bytes(cv2.imencode(kind, picture)[1])


@pytest.mark.parametrize("kind", [".jpg", ".png", ".webp"])
def test_a_picture_is_known_by_its_content(kind: str) -> None:
    assert kind_of(encoded(kind)) == "photo"


@pytest.mark.parametrize("data", [MP4, b"\0\0\0\x14ftypqt  " + bytes(64), b"\x1aE\xdf\xa3" + bytes(64)])
def test_a_clip_is_known_by_its_content(data: bytes) -> None:
    assert kind_of(data) == "clip"


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", "empty"),
        (b"GIF89a" + bytes(50), "GIF"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>", "SVG"),
        (b"\xef\xbb\xbf  <?xml version='1.0'?><svg/>", "SVG"),
        (b"<!doctype html><script>alert(1)</script>", "web pages"),
        (b"\0\0\0\x18ftypheic" + bytes(64), "HEIC"),
        (b"%PDF-1.7", "not a picture or clip"),
        (b"MZ" + bytes(80), "not a picture or clip"),
    ],
)
def test_anything_else_is_refused_with_words(data: bytes, words: str) -> None:
    with pytest.raises(BadPortrait, match=words):
        kind_of(data)


def test_a_clip_that_is_too_large_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(formats, "MAX_CLIP_BYTES", 2**20)

    with pytest.raises(BadPortrait, match="larger than 1 MB"):
        kind_of(MP4 + bytes(2**20))


@pytest.mark.parametrize("kind", [".jpg", ".png", ".webp"])
@given(share=st.floats(0.1, 0.95))
def test_a_picture_without_its_end_is_not_whole(kind: str, share: float) -> None:
    data = encoded(kind)

    assert is_whole(data)
    assert not is_whole(data[: int(share * len(data))])


def test_the_end_of_a_thumbnail_is_not_that_of_the_picture() -> None:
    data = encoded(".jpg")
    thumbnail = b"\xff\xe1\x00\x08\xff\xda\xff\xd9\xff\xd9"

    assert not is_whole(data[:2] + thumbnail + data[2:-2])


def test_a_part_of_a_png_that_claims_to_be_longer_than_the_file_is_not_whole() -> None:
    data = encoded(".png")
    at = data.index(b"IDAT") - 4

    assert not is_whole(data[:at] + bytes([0xFF, 0xFF, 0x1C, 0]) + data[at + 4 :])


@given(data=st.binary(max_size=200))
def test_no_bytes_whatever_do_more_than_be_refused(data: bytes) -> None:
    with suppress(BadPortrait):
        assert kind_of(data) in ("photo", "clip")
