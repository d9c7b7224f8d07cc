"""From a short clip of a person to the picture that speaks, and the seconds around it that are shown while it is
silent."""

import io
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import takewhile

import av
import cv2
import numpy as np

from gpu_tasks.engines.avatar.base import FPS, Frame
from gpu_tasks.engines.avatar.facemesh import FaceMesh
from gpu_tasks.engines.avatar.portrait import quality
from gpu_tasks.engines.avatar.portrait.framing import Framed, framed
from gpu_tasks.engines.errors import BadPortrait

MAX_SECONDS = 10
_MAX_PIXELS = 4096 * 2304
_LOOKED_AT = 4  # frames a second
_SIZE = 256  # faces are judged at this size
_MOUTH_MOVES = 0.08  # more than the chosen frame's: somebody is speaking
_SHORTEST, _LONGEST = 1.0, 4.0  # seconds
_AROUND = 1.3  # the kept square is so much larger than the one that is shown
_LARGEST = 768


@dataclass(frozen=True, slots=True)
class Clip:
    portrait: Frame
    """The best frame, cut around the face."""
    still: list[Frame]
    """FPS frames a second, cut alike, the portrait first, while the person is silent. Empty if there are too few."""


@dataclass(frozen=True, slots=True)
class _Look:
    number: int
    face: Framed
    mouth: float

    @property
    def score(self) -> float:
        return 4 * quality.eyes_open(self.face.points) - 3 * self.mouth + quality.sharpness(self.face)


def read_clip(data: bytes, faces: FaceMesh) -> Clip:
    """Raises BadPortrait, with the reason of the frames if none of them will do."""
    looks, why = [], BadPortrait("There is no picture in this clip.")
    for number, frame in _frames(data, every=FPS // _LOOKED_AT):
        try:
            face = framed(frame, faces, _SIZE)
            quality.check(face)
        except BadPortrait as error:
            why = error
            continue
        looks.append(_Look(number, face, quality.mouth_gap(face.points)))
    if not looks:
        raise BadPortrait(str(why).replace("picture", "clip"))
    best = max(looks, key=lambda look: look.score)
    numbers = _silent(looks, best)
    kept = [_around(best.face, frame) for number, frame in _frames(data) if number in numbers]
    still = kept if numbers.start == best.number else kept[::-1]
    return Clip(still[0], still if len(still) >= _SHORTEST * FPS else [])


def _silent(looks: list[_Look], best: _Look) -> range:
    """The frames from the best one, on or back, in which the mouth stays as it is: whichever are more."""
    after = [look for look in looks if look.number >= best.number]
    before = [look for look in looks if look.number <= best.number][::-1]
    reach = []
    for direction in (after, before):
        quiet = takewhile(lambda look: look.mouth < best.mouth + _MOUTH_MOVES, direction)
        reach.append(min(abs([*quiet][-1].number - best.number), round(_LONGEST * FPS) - 1))
    if reach[0] >= reach[1]:
        return range(best.number, best.number + reach[0] + 1)
    return range(best.number - reach[1], best.number + 1)


def _around(face: Framed, frame: Frame) -> Frame:
    """The face with all that is shown of it, and a margin."""
    half = _AROUND * face.cut.side / 2
    low = np.clip(face.cut.centre - half, 0, None).astype(int)
    high = np.clip(face.cut.centre + half, 0, frame.shape[1::-1]).astype(int)
    part = frame[low[1] : high[1], low[0] : high[0]]
    zoom = min(1.0, _LARGEST / max(part.shape[:2]))
    # even, as the encoder wants it
    height, width = (max(2, round(length * zoom) // 2 * 2) for length in part.shape[:2])
    return cv2.resize(part, (width, height), interpolation=cv2.INTER_AREA).astype(np.uint8, copy=False)


def _frames(data: bytes, every: int = 1) -> Iterator[tuple[int, Frame]]:
    """Upright RGB frames with their numbers, FPS a second (each `every`th of them), whatever the clip has."""
    try:
        with av.open(io.BytesIO(data), "r", metadata_errors="ignore") as container:
            if not container.streams.video:
                raise BadPortrait("There is no picture in this clip.")
            stream = container.streams.video[0]
            if stream.codec_context is None:  # a broken header leaves a stream without a decoder
                raise BadPortrait("The clip is of a kind that cannot be read.")
            if stream.width * stream.height > _MAX_PIXELS:
                raise BadPortrait(f"The clip has {stream.width} x {stream.height} pixels; 4096 x 2304 are the limit.")
            if container.duration and container.duration / av.time_base > MAX_SECONDS + 0.5:
                raise BadPortrait(f"The clip is longer than {MAX_SECONDS} seconds. Please cut it.")
            stream.codec_context.thread_count = 1
            wanted, began = 0, None
            for frame in container.decode(stream):
                began = frame.time if began is None else began
                at = (frame.time - began) * FPS
                if at > (MAX_SECONDS + 0.5) * FPS:  # whatever its header says
                    raise BadPortrait(f"The clip is longer than {MAX_SECONDS} seconds. Please cut it.")
                while wanted <= at + 0.5:
                    yield wanted, _upright(frame)
                    wanted += every
    except (av.FFmpegError, ValueError, TypeError) as error:
        raise BadPortrait("The clip is damaged and cannot be read.") from error


def _upright(frame: av.VideoFrame) -> Frame:
    return np.ascontiguousarray(np.rot90(frame.to_ndarray(format="rgb24"), round(frame.rotation / 90)), np.uint8)


def moving(data: bytes) -> list[Frame]:
    """The frames of a clip as `Clip.still` was kept. Raises BadPortrait."""
    return [frame for _, frame in _frames(data)]
