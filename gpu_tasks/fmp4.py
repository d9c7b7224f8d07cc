"""Pictures and sound of one segment as fragmented MP4.

AAC comes in packets of 1024 samples. At 32 kHz a packet lasts 32 ms, so that 4 pictures of 40 ms last as
long as 5 packets: segments are made of whole groups of 160 ms. The encoder's priming packet, which lies
before time 0, is left out. So picture and sound of every segment start at 0 and end together without an
edit list, and a browser that appends one segment after another (timestampOffset) plays no gap.
"""

from collections.abc import Iterable, Iterator
from contextlib import closing
from fractions import Fraction
from itertools import islice
from math import ceil
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, NamedTuple

import av
import cv2
import numpy as np
from numpy.typing import NDArray

from gpu_tasks.engines.avatar.base import FPS, GROUP, Frame

MIME = 'video/mp4; codecs="avc1.4D401F,mp4a.40.2"'
SAMPLE_RATE = 32_000

_GROUP_MS = 1000 * GROUP // FPS
_PACKET = 1024
_PACKETS_PER_GROUP = 5
_ENCODER_DELAY = 2  # packets: one of priming, one of looking ahead
# The muxer ends a fragment when the next group's first sound packet comes, and lets a packet through when
# another one waits behind it.
_PACKETS_AHEAD = 2
_MUXER = {
    "movflags": "empty_moov+default_base_moof",
    "frag_duration": str(_GROUP_MS * 1000),
    "max_interleave_delta": "1",
}
_BT601, _LIMITED_RANGE = 6, 1  # the colours of OpenCV's I420, in the numbers of H.264's tables


class Piece(NamedTuple):
    data: bytes
    last: bool


def fragments(
    frames: Iterator[Frame],
    pcm: NDArray[np.int16],
    sample_rate: int,
    *,
    width: int,
    height: int,
    fragment_ms: int = 240,
    first_fragment_ms: int = 160,
    preset: str = "superfast",
) -> Iterator[Piece]:
    """Yield a segment in pieces, while its `frames` are still being drawn.

    The first piece carries ftyp and moov; every piece whole moof and mdat boxes; joined they are a
    stand-alone file (H.264 Main, FPS pictures a second; AAC-LC, 32 kHz, mono). Pieces last
    `first_fragment_ms`, then `fragment_ms`, rounded up to whole groups of 160 ms. The segment lasts as
    long as the longer of `frames` and `pcm` (mono), rounded up likewise: the last picture is held,
    silence is added. `width` and `height` are even. Nothing is yielded when there is neither picture nor
    sound. ValueError: sound without a picture.
    """
    sound = _resampled(pcm, sample_rate)
    pipe = _Pipe()
    with closing(_Streams(pipe, width, height, preset, sound)) as streams:
        unsent, due = 0, ceil(first_fragment_ms / _GROUP_MS)
        for pictures, last in _groups(frames, ceil(len(sound) / (_PACKETS_PER_GROUP * _PACKET))):
            streams.write(pictures, last=last)
            unsent += 1
            if last or unsent >= due:
                yield Piece(pipe.take(), last)
                unsent, due = 0, ceil(fragment_ms / _GROUP_MS)


def idle_clip(frames: Iterable[Frame], width: int, height: int) -> bytes:
    """A silent MP4 for a <video loop>."""
    with TemporaryDirectory() as folder:  # to put the index first the muxer opens its file a second time
        file = Path(folder, "idle.mp4")
        with av.open(file, "w", options={"movflags": "faststart"}) as container:
            video = _video(container, width, height, "medium")
            for number, frame in enumerate(frames):
                container.mux(video.encode(_picture(frame, number)))
            container.mux(video.encode(None))
        return file.read_bytes()


def poster(frame: Frame, quality: int = 88) -> bytes:
    """A JPEG."""
    _, jpeg = cv2.imencode(".jpg", cv2.cvtColor(frame, cv2.COLOR_RGB2BGR), [cv2.IMWRITE_JPEG_QUALITY, quality])
    return bytes(jpeg)


def _groups(frames: Iterator[Frame], at_least: int) -> Iterator[tuple[list[Frame], bool]]:
    """Yield whole groups of pictures, and of each whether it is the last.

    The first `at_least` are sure to be there: none of them waits for the drawing of the next.
    """
    group = list(islice(frames, GROUP))
    if not group and at_least:
        raise ValueError("there is sound, but no picture")
    number = 1
    while group:
        group += [group[-1]] * (GROUP - len(group))
        if number < at_least:
            yield group, False
            group = list(islice(frames, GROUP)) or group[-1:]
        else:
            following = list(islice(frames, GROUP))
            yield group, not following
            group = following
        number += 1


class _Pipe:
    """Keeps what the muxer writes until it is taken. It cannot seek, and so the muxer never goes back."""

    def __init__(self) -> None:
        self._written = bytearray()

    def write(self, data: bytes) -> int:
        self._written += data
        return len(data)

    def take(self) -> bytes:
        taken = bytes(self._written)
        self._written.clear()
        return taken


class _Streams:
    def __init__(self, pipe: _Pipe, width: int, height: int, preset: str, sound: NDArray[np.float32]) -> None:
        self._container = av.open(pipe, "w", format="mp4", options=_MUXER)
        self._video = _video(self._container, width, height, preset)
        self._audio = self._container.add_stream("aac", rate=SAMPLE_RATE, layout="mono")
        self._audio.bit_rate = 64_000
        # at this bit rate as good as the default search, in a third of its time
        self._audio.options = {"aac_coder": "fast"}
        self._sound = sound
        self._seen = 0
        self._heard = 0

    def write(self, pictures: list[Frame], *, last: bool) -> None:
        for picture in pictures:
            self._container.mux(self._video.encode(_picture(picture, self._seen)))
            self._seen += 1
        end = self._seen // GROUP * _PACKETS_PER_GROUP
        while self._heard < end + (0 if last else _PACKETS_AHEAD + _ENCODER_DELAY):
            self._hear()
        if last:
            self._container.mux(self._video.encode(None))
            self._mux_sound(self._audio.encode(None))
            self.close()

    def close(self) -> None:
        self._container.close()

    def _hear(self) -> None:
        start = self._heard * _PACKET
        piece = self._sound[start : start + _PACKET]
        frame = av.AudioFrame.from_ndarray(np.pad(piece, (0, _PACKET - len(piece)))[None], "fltp", "mono")
        frame.sample_rate, frame.time_base, frame.pts = SAMPLE_RATE, Fraction(1, SAMPLE_RATE), start
        self._mux_sound(self._audio.encode(frame))
        self._heard += 1

    def _mux_sound(self, packets: list[Any]) -> None:
        self._container.mux([packet for packet in packets if packet.pts >= 0])


def _video(container: Any, width: int, height: int, preset: str) -> Any:
    video = container.add_stream("libx264", rate=FPS, width=width, height=height, pix_fmt="yuv420p")
    video.codec_context.thread_count = 1
    video.codec_context.colorspace = video.codec_context.color_primaries = video.codec_context.color_trc = _BT601
    video.codec_context.color_range = _LIMITED_RANGE
    video.options = {
        "preset": preset,
        "tune": "zerolatency",
        "profile": "main",
        "level": "3.1",
        "crf": "23",
        "g": "250",
        "bf": "0",
    }
    return video


def _picture(frame: Frame, number: int) -> av.VideoFrame:
    i420 = cv2.cvtColor(frame, cv2.COLOR_RGB2YUV_I420).astype(np.uint8, copy=False)
    picture = av.VideoFrame.from_ndarray(i420, format="yuv420p")
    picture.pts, picture.time_base = number, Fraction(1, FPS)
    return picture


def _resampled(pcm: NDArray[np.int16], sample_rate: int) -> NDArray[np.float32]:
    if not len(pcm):
        return np.zeros(0, np.float32)
    frame = av.AudioFrame.from_ndarray(pcm[None], format="s16", layout="mono")
    frame.sample_rate = sample_rate
    resampler = av.AudioResampler(format="fltp", layout="mono", rate=SAMPLE_RATE)
    pieces = [piece.to_ndarray()[0] for piece in [*resampler.resample(frame), *resampler.resample(None)]]
    return np.concatenate(pieces)[: ceil(len(pcm) * SAMPLE_RATE / sample_rate)]
