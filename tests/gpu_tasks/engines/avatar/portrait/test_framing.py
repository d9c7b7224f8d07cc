from dataclasses import dataclass

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from gpu_tasks.engines.avatar.facemesh import Detection, FaceMesh, Mesh
from gpu_tasks.engines.avatar.portrait.framing import framed
from gpu_tasks.engines.avatar.portrait.landmarks import CHIN, FOREHEAD
from gpu_tasks.engines.avatar.portrait.upload import read_portrait
from gpu_tasks.engines.errors import BadPortrait

SIZE = 256


@pytest.fixture(scope="module")
def picture(astronaut: bytes) -> NDArray[np.uint8]:
    return read_portrait(astronaut)


@dataclass
class Seen:
    """A face mesh that has already looked."""

    found: list[Detection]
    looked: Mesh

    def detect(self, rgb: NDArray[np.uint8]) -> list[Detection]:
        return self.found

    def mesh(self, rgb: NDArray[np.uint8], face: Detection) -> Mesh:
        return self.looked


def turned(mesh: FaceMesh, picture: NDArray[np.uint8], axis: int, degrees: float, presence: float = 1.0) -> Seen:
    """As the mesh would see the same head turned about an axis: 0 across, 1 up, 2 towards the camera."""
    (face,) = mesh.detect(picture)
    points = mesh.mesh(picture, face).points
    angle = np.deg2rad(degrees)
    one, other = ((1, 2), (2, 0), (0, 1))[axis]
    turn = np.eye(3)
    turn[one, one] = turn[other, other] = np.cos(angle)
    turn[one, other], turn[other, one] = -np.sin(angle), np.sin(angle)
    centre = points.mean(0)
    return Seen([face], Mesh((points - centre) @ turn.T + centre, presence))


def test_the_face_fills_the_frame_and_its_points_come_along(mesh: FaceMesh, picture: NDArray[np.uint8]) -> None:
    portrait = framed(picture, mesh, SIZE)

    again = mesh.mesh(portrait.image, mesh.detect(portrait.image)[0]).points[:, :2]
    assert portrait.image.shape == (SIZE, SIZE, 3)
    assert portrait.height == pytest.approx(0.46 * SIZE, rel=0.3)
    assert np.abs(again - portrait.points).mean() < 2.5


def test_the_frame_stays_inside_the_picture(mesh: FaceMesh, picture: NDArray[np.uint8]) -> None:
    at_the_edge = np.full((400, 600, 3), 255, np.uint8)
    at_the_edge[:, :330] = cv2.resize(picture[10:210, 165:330], (330, 400))

    portrait = framed(at_the_edge, mesh, SIZE)

    face = portrait.points[[FOREHEAD, CHIN]].mean(0)
    assert face[0] < 0.5 * SIZE
    assert 0 < portrait.points.min() < portrait.points.max() < SIZE


def test_no_face_is_refused(mesh: FaceMesh) -> None:
    with pytest.raises(BadPortrait, match="No face"):
        framed(np.full((300, 300, 3), 120, np.uint8), mesh, SIZE)


def test_two_people_are_refused(mesh: FaceMesh, picture: NDArray[np.uint8]) -> None:
    head = picture[20:276, 96:352]

    with pytest.raises(BadPortrait, match="more than one face"):
        framed(np.hstack([head, head]), mesh, SIZE)


def test_a_small_face_is_refused(mesh: FaceMesh, picture: NDArray[np.uint8]) -> None:
    small = cv2.resize(picture, (300, 300), interpolation=cv2.INTER_AREA).astype(np.uint8)

    with pytest.raises(BadPortrait, match=r"too small: 6\d pixels"):
        framed(small, mesh, SIZE)


def test_a_face_that_cannot_be_made_out_is_refused(mesh: FaceMesh, picture: NDArray[np.uint8]) -> None:
    with pytest.raises(BadPortrait, match="made out"):
        framed(picture, turned(mesh, picture, 1, 0, presence=0.2), SIZE)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("axis", "degrees", "words"),
    [(1, 40, "to the side"), (1, -40, "to the side"), (0, 45, "up or down"), (0, -45, "up or down"), (2, 40, "tilted")],
)
def test_a_face_that_looks_elsewhere_is_refused(
    mesh: FaceMesh, picture: NDArray[np.uint8], axis: int, degrees: float, words: str
) -> None:
    with pytest.raises(BadPortrait, match=words):
        framed(picture, turned(mesh, picture, axis, degrees), SIZE)  # type: ignore[arg-type]


@pytest.mark.parametrize(("axis", "degrees"), [(1, 12), (1, -12), (0, 12), (0, -12), (2, 15)])
def test_a_face_that_is_turned_a_little_is_taken(
    mesh: FaceMesh, picture: NDArray[np.uint8], axis: int, degrees: float
) -> None:
    framed(picture, turned(mesh, picture, axis, degrees), SIZE)  # type: ignore[arg-type]
