from itertools import combinations

import numpy as np
import pytest
from numpy.typing import NDArray

from gpu_tasks.engines.avatar.characters import PORTRAITS
from gpu_tasks.engines.avatar.facemesh import FaceMesh
from gpu_tasks.engines.avatar.motion import REST, Pose
from gpu_tasks.engines.avatar.photo import Photograph
from gpu_tasks.engines.avatar.visemes import CLOSED, SHAPES, Mouth

SIZE = 256


@pytest.fixture(scope="module", params=["astronaut", *PORTRAITS])
def portrait(request: pytest.FixtureRequest, mesh: FaceMesh, astronaut: bytes) -> Photograph:
    return Photograph(PORTRAITS[request.param].read_bytes() if request.param in PORTRAITS else astronaut, mesh, SIZE)


def shape(name: str) -> Mouth:
    return Mouth(*SHAPES[name][:-1])


def mouth_of(frame: NDArray[np.uint8], mesh: FaceMesh) -> float:
    """How far the lips are apart, in shares of the face, as the mesh sees it."""
    points = mesh.mesh(frame, mesh.detect(frame)[0]).points
    return float((points[14, 1] - points[13, 1]) / (points[152, 1] - points[10, 1]))


def difference(one: NDArray[np.uint8], other: NDArray[np.uint8]) -> NDArray[np.int_]:
    return np.abs(one.astype(int) - other).max(-1)


def test_the_lips_part_for_a_vowel_and_meet_in_silence(portrait: Photograph, mesh: FaceMesh) -> None:
    closed, pressed, half, wide = (mouth_of(portrait.draw(shape(n), REST), mesh) for n in ("sil", "PP", "ah", "aa"))

    assert pressed < closed + 0.01 < 0.06
    assert wide > half > closed + 0.02


def test_speaking_moves_the_mouth_and_leaves_the_background_still(portrait: Photograph) -> None:
    moved = difference(portrait.draw(CLOSED, REST), portrait.draw(shape("aa"), REST))

    assert (moved[SIZE // 2 : 3 * SIZE // 4, 96:160] > 15).mean() > 0.2
    assert not moved[: SIZE // 5].any()
    assert not moved[:, : SIZE // 8].any()
    assert not moved[:, -SIZE // 8 :].any()


def test_the_head_moves_and_the_corners_of_the_picture_do_not(portrait: Photograph) -> None:
    moved = difference(portrait.draw(CLOSED, REST), portrait.draw(CLOSED, Pose(yaw=1, pitch=1, roll=1)))

    assert (moved[80:180, 90:170] > 5).mean() > 0.2
    for corner in (moved[:20, :20], moved[:20, -20:], moved[-20:, :20], moved[-20:, -20:]):
        assert corner.max() <= 4


@pytest.mark.parametrize(("one", "other"), list(combinations(["sil", "aa", "U", "PP", "I"], 2)))
def test_mouth_shapes_look_different(portrait: Photograph, one: str, other: str) -> None:
    pictures = [portrait.draw(shape(name), REST) for name in (one, other)]

    assert (difference(*pictures) > 12).sum() > 60


def test_a_blink_changes_the_eyes_alone(portrait: Photograph) -> None:
    moved = difference(portrait.draw(CLOSED, REST), portrait.draw(CLOSED, Pose(blink=1))) > 8

    rows = np.flatnonzero(moved.any(1))
    assert moved.sum() > 150
    assert rows.max() - rows.min() < SIZE // 6
    assert rows.max() < SIZE * 0.55


def test_the_same_pose_is_the_same_picture(portrait: Photograph) -> None:
    pose = Pose(yaw=0.5, blink=0.4)

    assert np.array_equal(portrait.draw(shape("E"), pose), portrait.draw(shape("E"), pose))
