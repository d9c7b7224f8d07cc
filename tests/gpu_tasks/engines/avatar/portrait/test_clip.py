"""A clip is filmed of a portrait that is moved: it listens, says something, and listens again."""

import struct
from collections.abc import Sequence
from itertools import pairwise

import numpy as np
import pytest

from gpu_tasks import fmp4
from gpu_tasks.engines.avatar.base import FPS, Avatar, Frame
from gpu_tasks.engines.avatar.characters import PORTRAITS
from gpu_tasks.engines.avatar.cpu import CpuAvatar
from gpu_tasks.engines.avatar.facemesh import FaceMesh
from gpu_tasks.engines.avatar.motion import listening
from gpu_tasks.engines.avatar.photo import Photograph
from gpu_tasks.engines.avatar.portrait.clip import Clip, read_clip
from gpu_tasks.engines.avatar.portrait.usable import usable
from gpu_tasks.engines.avatar.visemes import CLOSED, SHAPES, Mouth
from gpu_tasks.engines.errors import BadPortrait

SIZE = 320
ROOM = 100
TALKS = range(30, 50)
LENGTH = 100


@pytest.fixture(scope="module")
def filmed(mesh: FaceMesh) -> list[Frame]:
    face = Photograph(PORTRAITS["elena"].read_bytes(), mesh, SIZE)
    frames = []
    for number, pose in enumerate(listening(LENGTH, seed=3)):
        mouth = Mouth(*SHAPES["aa"][:-1]) if number in TALKS else CLOSED
        frames.append(np.pad(face.draw(mouth, pose), ((0, 0), (ROOM, ROOM), (0, 0)), mode="edge"))
    return frames


def mp4(frames: Sequence[Frame]) -> bytes:
    height, width = frames[0].shape[:2]
    return fmp4.idle_clip(frames, width, height)


@pytest.fixture(scope="module")
def clip(filmed: list[Frame], mesh: FaceMesh) -> Clip:
    return read_clip(mp4(filmed), mesh)


def test_the_still_seconds_are_those_in_which_nobody_speaks(clip: Clip) -> None:
    assert LENGTH - TALKS.stop - FPS <= len(clip.still) <= LENGTH - TALKS.stop + 6
    assert clip.still[0] is clip.portrait


def test_of_a_clip_the_worker_gets_the_portrait_and_the_still_seconds(filmed: list[Frame], clip: Clip) -> None:
    frames = list(usable(mp4(filmed)))

    assert len(frames) == 1 + len(clip.still)
    assert all(np.array_equal(one, other) for one, other in zip(frames, [clip.portrait, *clip.still], strict=True))


def test_of_what_was_filmed_only_the_face_and_a_margin_is_kept(clip: Clip) -> None:
    height, width = clip.portrait.shape[:2]

    assert width < SIZE + 2 * ROOM
    assert height % 2 == width % 2 == 0


def test_a_clip_in_which_somebody_speaks_all_the_time_gives_a_picture_alone(
    filmed: list[Frame], mesh: FaceMesh
) -> None:
    assert read_clip(mp4([filmed[0], *filmed[TALKS.start : TALKS.stop]]), mesh).still == []


def test_the_loop_begins_and_ends_with_the_face_that_speaks(clip: Clip) -> None:
    engine = CpuAvatar(size=256)
    avatar = Avatar("filmed", "photo", portrait=fmp4.poster(clip.portrait, 95), clip=mp4(clip.still))
    still = Avatar("filmed", "photo", portrait=avatar.portrait)

    loop = list(engine.idle(avatar))
    neutral = next(engine.idle(still))

    steps = [float(np.abs(one.astype(int) - other).mean()) for one, other in pairwise(loop)]
    assert len(loop) == 2 * len(clip.still) - 1
    assert np.array_equal(loop[0], neutral)
    assert np.array_equal(loop[-1], neutral)
    assert max(steps) < 4, "it jumps"
    assert sum(steps) > 5, "it does not move"


def test_a_clip_that_a_telephone_took_upright_stands_upright(filmed: list[Frame], mesh: FaceMesh) -> None:
    lying = [np.ascontiguousarray(np.rot90(frame)) for frame in filmed[:10]]
    matrix = struct.pack(">9i", 0x10000, 0, 0, 0, 0x10000, 0, 0, 0, 0x40000000)
    turned = struct.pack(">9i", 0, 0x10000, 0, -0x10000, 0, 0, 0, 0, 0x40000000)
    data = mp4(lying)
    track = data.index(b"tkhd")
    at = data.index(matrix, track)

    assert read_clip(data[:at] + turned + data[at + len(turned) :], mesh).portrait.shape[0] == SIZE
    with pytest.raises(BadPortrait):
        read_clip(data, mesh)


@pytest.mark.parametrize(
    ("light", "words"), [(0.15, "in this clip is too dark"), (0.0, "No face is found in this clip")]
)
def test_why_none_of_the_pictures_will_do_is_said(
    filmed: list[Frame], mesh: FaceMesh, light: float, words: str
) -> None:
    with pytest.raises(BadPortrait, match=words):
        read_clip(mp4([(frame * light).astype(np.uint8) for frame in filmed[:10]]), mesh)


def test_a_clip_that_is_too_long_is_refused(filmed: list[Frame], mesh: FaceMesh) -> None:
    with pytest.raises(BadPortrait, match="longer than 10 seconds"):
        read_clip(mp4([filmed[0][::4, ::4]] * 11 * FPS), mesh)


@pytest.mark.parametrize("share", [0.0, 0.3, 0.9])
def test_a_damaged_clip_is_refused(filmed: list[Frame], mesh: FaceMesh, share: float) -> None:
    data = mp4(filmed[:20])

    with pytest.raises(BadPortrait, match="damaged"):
        read_clip(data[: int(share * len(data))] + bytes(64), mesh)


def test_a_clip_that_nothing_can_decode_is_refused(filmed: list[Frame], mesh: FaceMesh) -> None:
    with pytest.raises(BadPortrait, match="cannot be read"):
        read_clip(mp4(filmed[:20]).replace(b"avc1", b"zzz1"), mesh)
