import cv2
import numpy as np
import pytest

from gpu_tasks.engines.avatar.facemesh import FaceMesh
from gpu_tasks.engines.avatar.portrait.landmarks import CHIN, FOREHEAD, MOUTH_CORNERS
from gpu_tasks.engines.avatar.portrait.upload import read_portrait


def test_the_points_lie_on_the_face(mesh: FaceMesh, astronaut: bytes) -> None:
    picture = read_portrait(astronaut)
    (face,) = mesh.detect(picture)

    found = mesh.mesh(picture, face)

    left, right = found.points[list(MOUTH_CORNERS), :2]
    assert found.presence > 0.9
    assert left == pytest.approx((200, 139), abs=4)
    assert right == pytest.approx((246, 141), abs=4)
    assert found.points[FOREHEAD, 1] < face.centre[1] < found.points[CHIN, 1]


def test_the_points_follow_a_picture_that_is_scaled_and_moved(mesh: FaceMesh, astronaut: bytes) -> None:
    picture = read_portrait(astronaut)
    other = cv2.warpAffine(picture, np.array([[1.3, 0, -60], [0, 1.3, 20]]), (512, 512))

    one, two = (mesh.mesh(p, mesh.detect(p)[0]).points[:, :2] for p in (picture, np.asarray(other, np.uint8)))

    assert np.abs(one * 1.3 + (-60, 20) - two).mean() < 3


def test_two_people_are_two_faces(mesh: FaceMesh, astronaut: bytes) -> None:
    head = read_portrait(astronaut)[20:276, 96:352]

    assert len(mesh.detect(np.hstack([head, head]))) == 2


def test_a_wall_is_no_face(mesh: FaceMesh) -> None:
    wall = np.random.default_rng(0).integers(0, 255, (300, 400, 3), dtype=np.uint8)

    assert mesh.detect(wall) == []
