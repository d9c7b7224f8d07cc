import io
import struct
from collections.abc import Iterator
from fractions import Fraction
from math import ceil

import av
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from gpu_tasks.engines.avatar.base import FPS, GROUP, Frame
from gpu_tasks.fmp4 import fragments, idle_clip, poster

SIZE = 64


def frames(count: int, drawn: list[int] | None = None) -> Iterator[Frame]:
    for number in range(count):
        if drawn is not None:
            drawn.append(number)
        yield np.full((SIZE, SIZE, 3), 40 + 5 * (number % 40), np.uint8)


def tone(seconds: float, sample_rate: int) -> NDArray[np.int16]:
    time = np.arange(round(seconds * sample_rate)) / sample_rate
    return (8000 * np.sin(2 * np.pi * 440 * time)).astype(np.int16)


def segment(count: int, pcm: NDArray[np.int16], sample_rate: int = 24_000) -> list[bytes]:
    return [piece.data for piece in fragments(frames(count), pcm, sample_rate, width=SIZE, height=SIZE)]


def boxes(piece: bytes) -> list[str]:
    names, at = [], 0
    while at < len(piece):
        length, name = struct.unpack(">I4s", piece[at : at + 8])
        names.append(name.decode())
        at += length
    assert at == len(piece), "a box is cut off"
    return names


def pictures(file: bytes) -> list[av.VideoFrame]:
    with av.open(io.BytesIO(file)) as container:
        return list(container.decode(video=0))


def sound(file: bytes) -> tuple[Fraction, NDArray[np.float32]]:
    """When it begins, and what is heard."""
    with av.open(io.BytesIO(file)) as container:
        heard = list(container.decode(audio=0))
    return heard[0].pts * heard[0].time_base, np.concatenate([piece.to_ndarray()[0] for piece in heard])


@settings(max_examples=25, deadline=None)
@given(
    seconds=st.floats(0.01, 3),
    sample_rate=st.sampled_from([8_000, 16_000, 22_050, 24_000, 32_000, 44_100, 48_000]),
    surplus=st.integers(-5, 9),
)
def test_picture_and_sound_start_at_zero_and_end_together(seconds: float, sample_rate: int, surplus: int) -> None:
    pcm = tone(seconds, sample_rate)
    count = max(1, ceil(seconds * FPS) + surplus)

    file = b"".join(segment(count, pcm, sample_rate))

    seen = pictures(file)
    times = [float(picture.pts * picture.time_base) for picture in seen]
    begin, heard = sound(file)
    assert times == pytest.approx([number / FPS for number in range(len(seen))])
    assert begin == 0
    assert len(heard) / 32_000 == pytest.approx(len(seen) / FPS)
    assert len(seen) % GROUP == 0
    assert 0 <= len(seen) - max(count, ceil(len(pcm) / sample_rate * FPS)) < GROUP


@settings(max_examples=20, deadline=None)
@given(count=st.integers(1, 60), first_ms=st.integers(1, 700), later_ms=st.integers(1, 700))
def test_every_piece_holds_whole_boxes(count: int, first_ms: int, later_ms: int) -> None:
    pieces = list(
        fragments(
            frames(count),
            tone(count / FPS, 24_000),
            24_000,
            width=SIZE,
            height=SIZE,
            first_fragment_ms=first_ms,
            fragment_ms=later_ms,
        )
    )

    assert [piece.last for piece in pieces] == [False] * (len(pieces) - 1) + [True]
    first, *later = [boxes(piece.data) for piece in pieces]
    assert first[:4] == ["ftyp", "moov", "moof", "mdat"]
    for names in later:
        assert names[:2] == ["moof", "mdat"]
    groups = [names.count("moof") for names in [first, *later]]
    assert sum(groups) == ceil(count / GROUP)
    assert groups[0] == min(ceil(first_ms / 160), sum(groups))
    assert all(group == ceil(later_ms / 160) for group in groups[1:-1])


def test_the_first_piece_comes_when_only_its_own_pictures_are_drawn() -> None:
    drawn: list[int] = []
    pieces = fragments(frames(50, drawn), tone(2, 24_000), 24_000, width=SIZE, height=SIZE, first_fragment_ms=160)

    next(pieces)

    assert len(drawn) == GROUP


def test_the_first_piece_alone_can_be_played() -> None:
    first = segment(50, tone(2, 24_000))[0]

    assert len(pictures(first)) == GROUP
    assert len(sound(first)[1]) == 5 * 1024


def test_sound_is_heard_at_its_time() -> None:
    pcm = np.zeros(24_000, np.int16)
    pcm[12_000:12_024] = 30_000

    _, heard = sound(b"".join(segment(25, pcm)))

    assert np.abs(heard).argmax() / 32_000 == pytest.approx(0.5, abs=0.002)


def test_pictures_keep_their_order_and_their_colours() -> None:
    wanted = np.zeros((SIZE, SIZE, 3), np.uint8)
    wanted[:, :] = (200, 60, 90)

    pieces = fragments(iter([wanted] * 8), tone(0.3, 24_000), 24_000, width=SIZE, height=SIZE)
    file = b"".join(piece.data for piece in pieces)
    ramp = [picture.to_ndarray(format="rgb24").mean() for picture in pictures(b"".join(segment(30, tone(1.2, 24_000))))]

    assert np.abs(pictures(file)[-1].to_ndarray(format="rgb24").astype(int) - wanted).max() <= 4
    assert ramp[:30] == pytest.approx([40 + 5 * number for number in range(30)], abs=4)


def test_the_last_picture_is_held_while_sound_goes_on() -> None:
    seen = pictures(b"".join(segment(5, tone(1, 24_000))))

    assert [round(p.to_ndarray(format="rgb24").mean(), -1) for p in seen[5:]] == [60] * 23


def test_neither_picture_nor_sound_gives_nothing() -> None:
    assert segment(0, np.zeros(0, np.int16)) == []


def test_sound_without_a_picture_is_refused() -> None:
    with pytest.raises(ValueError, match="no picture"):
        segment(0, tone(1, 24_000))


def test_a_segment_may_be_given_up_half_way() -> None:
    drawn: list[int] = []
    pieces = fragments(frames(500, drawn), tone(20, 24_000), 24_000, width=SIZE, height=SIZE)

    next(pieces)
    pieces.close()  # type: ignore[attr-defined]

    assert len(drawn) < 10
    assert list(pieces) == []


def test_the_idle_clip_has_every_picture_and_no_sound() -> None:
    file = idle_clip(frames(50), SIZE, SIZE)

    assert boxes(file)[:2] == ["ftyp", "moov"]
    with av.open(io.BytesIO(file)) as container:
        assert not container.streams.audio
        assert container.streams.video[0].start_time == 0
        assert len(list(container.decode(video=0))) == 50
        assert container.duration == pytest.approx(2_000_000, abs=1000)


def test_the_poster_is_a_jpeg_of_the_frame() -> None:
    jpeg = poster(next(frames(1)))

    assert jpeg.startswith(b"\xff\xd8\xff")
    assert pictures(jpeg)[0].width == SIZE
