import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gpu_tasks.engines.avatar.base import Avatar, Frame
from gpu_tasks.engines.avatar.cpu import CpuAvatar
from gpu_tasks.engines.avatar.facemesh import FaceMesh
from gpu_tasks.engines.avatar.musetalk.crop import LARGEST, blend, boxes, cut, masks, outlines
from gpu_tasks.engines.avatar.portrait.landmarks import CHIN, LOWER_LIP, OVAL, UPPER_LIP
from gpu_tasks.engines.errors import BadPortrait

SIZE = 512


@pytest.fixture(scope="module", params=["ada", "eileen"])
def frames(request: pytest.FixtureRequest) -> list[Frame]:
    avatar: Avatar = request.getfixturevalue(request.param)
    idle = CpuAvatar(size=SIZE).idle(avatar)
    return [next(idle) for _ in range(5)]


def test_the_box_holds_the_mouth_and_the_chin_and_is_not_larger_than_what_is_painted(
    frames: list[Frame], mesh: FaceMesh
) -> None:
    points = outlines(frames, mesh)

    for face, (left, top, right, bottom) in zip(points, boxes(points, SIZE, SIZE), strict=True):
        low, high = face[[*UPPER_LIP, *LOWER_LIP, CHIN]].min(0), face[[*UPPER_LIP, *LOWER_LIP, CHIN]].max(0)
        assert left < low[0] < high[0] < right
        assert top + (bottom - top) / 2 < low[1] < high[1] < bottom
        assert 100 < right - left <= LARGEST
        assert 100 < bottom - top <= LARGEST


def test_only_the_lower_half_of_the_face_is_painted(frames: list[Frame], mesh: FaceMesh) -> None:
    points = outlines(frames[:1], mesh)
    (box,) = found = boxes(points, SIZE, SIZE)
    (mask,) = masks(points, found)
    frame = frames[0].copy()

    blend(frame, box, mask, np.full((256, 256, 3), 255, np.uint8), 1.0)

    changed = np.argwhere((frame != frames[0]).any(2))
    left, top, right, bottom = box
    assert changed[:, 0].min() > top + 0.4 * (bottom - top)
    assert changed[:, 1].min() >= left
    assert (changed.max(0) < (bottom, right)).all()
    mouth = points[0, LOWER_LIP].mean(0).astype(int)
    assert (frame[mouth[1], mouth[0]] == 255).all()


def test_a_mouth_is_painted_by_its_share(frames: list[Frame], mesh: FaceMesh) -> None:
    points = outlines(frames[:1], mesh)
    (box,) = found = boxes(points, SIZE, SIZE)
    (mask,) = masks(points, found)
    x, y = points[0, LOWER_LIP].mean(0).astype(int)
    seen = []
    for share in (0.0, 0.5, 1.0):
        frame = frames[0].copy()
        blend(frame, box, mask, np.zeros((256, 256, 3), np.uint8), share)
        seen.append(frame)

    assert np.array_equal(seen[0], frames[0])
    assert np.abs(seen[1][y, x] - frames[0][y, x] / 2).max() <= 1.5
    assert not seen[2][y, x].any()


def test_painting_what_was_cut_changes_nearly_nothing(frames: list[Frame], mesh: FaceMesh) -> None:
    points = outlines(frames[:1], mesh)
    (box,) = found = boxes(points, SIZE, SIZE)
    (mask,) = masks(points, found)
    frame = frames[0].copy()

    blend(frame, box, mask, cut(frame, box, 256), 1.0)

    assert np.abs(frame.astype(int) - frames[0]).mean() < 0.2


def test_a_frame_without_a_face_has_the_box_of_the_one_before(frames: list[Frame], mesh: FaceMesh) -> None:
    nobody = np.full_like(frames[0], 128)

    seen, hidden, alone = (outlines(clip, mesh) for clip in (frames[:1], [frames[0], nobody], [nobody, frames[0]]))

    assert len(hidden) == len(alone) == 2
    assert all(np.array_equal(points, seen[0]) for points in (*hidden, *alone))


def test_a_picture_without_a_face_is_refused(mesh: FaceMesh) -> None:
    with pytest.raises(BadPortrait, match="No face"):
        outlines([np.full((64, 64, 3), 128, np.uint8)] * 3, mesh)


@given(st.integers(16, 600), st.integers(16, 600), st.integers(0, 2**32 - 1))
def test_boxes_lie_inside_the_picture_and_have_one_size(width: int, height: int, seed: int) -> None:
    dice = np.random.default_rng(seed)
    face = dice.uniform(-50, 650, (1, 468, 2)) + dice.normal(0, 3, (6, 468, 2))
    face[:, OVAL[0]] = face[:, CHIN] - (0, 40)

    found = boxes(face, width, height)

    assert (found[:, :2] >= 0).all()
    assert (found[:, 2:] <= (width, height)).all()
    assert len(np.unique(found[:, 2:] - found[:, :2], axis=0)) == 1
    assert (found[:, 2:] > found[:, :2]).all()
