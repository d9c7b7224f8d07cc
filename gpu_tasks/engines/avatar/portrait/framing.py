"""Is there one face in the picture that can be moved? Then cut the picture around it."""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from gpu_tasks.engines.avatar.facemesh import FaceMesh, Mesh
from gpu_tasks.engines.avatar.portrait.landmarks import CHIN, FOREHEAD, LEFT_SIDE, RIGHT_SIDE
from gpu_tasks.engines.errors import BadPortrait

_SHARE = 0.46  # of the picture's height that the face takes, from the forehead to the chin
_SMALLEST = 80
_TURNED, _NODDED, _LEANING = 24.0, 30.0, 30.0  # degrees beyond which one half of the mouth cannot be moved well
_SECOND_FACE = 0.45


@dataclass(frozen=True, slots=True)
class Cut:
    """A square of a picture, and how large it becomes."""

    centre: NDArray[np.float64]
    side: float
    size: int

    def of(self, rgb: NDArray[np.uint8]) -> NDArray[np.uint8]:
        zoom, size, centre = self.size / self.side, self.size, self.centre
        matrix = np.array([[zoom, 0, size / 2 - zoom * centre[0]], [0, zoom, size / 2 - zoom * centre[1]]])
        how = cv2.INTER_AREA if zoom < 1 else cv2.INTER_CUBIC
        source = rgb
        if zoom < 0.7:  # an affine warp does not average; shrink first
            source = cv2.resize(rgb, None, fx=zoom, fy=zoom, interpolation=cv2.INTER_AREA).astype(np.uint8, copy=False)
            matrix[:, :2] /= (source.shape[1] / rgb.shape[1], source.shape[0] / rgb.shape[0])
        image = cv2.warpAffine(source, matrix, (size, size), flags=how, borderMode=cv2.BORDER_REFLECT_101)
        # every frame is resampled once more, which softens it; this pays for it in advance
        image = cv2.addWeighted(image, 1.25, cv2.GaussianBlur(image, (0, 0), 1.0), -0.25, 0)
        return np.ascontiguousarray(image, np.uint8)


@dataclass(frozen=True, slots=True)
class Framed:
    image: NDArray[np.uint8]
    """RGB, square."""
    points: NDArray[np.float64]
    """[468, 2], in pixels of the image."""
    height: float
    """Of the face, from the forehead to the chin."""
    cut: Cut
    """How it was cut out of the picture."""


def framed(rgb: NDArray[np.uint8], faces: FaceMesh, size: int) -> Framed:
    """Raises BadPortrait, and says what is wrong with the picture."""
    mesh = _the_face(rgb, faces)
    points = mesh.points[:, :2]
    face = float(np.linalg.norm(points[FOREHEAD] - points[CHIN]))
    side = _side(rgb, face)
    centre = (points[FOREHEAD] + points[CHIN]) / 2 + (0, 0.10 * face)
    for axis, length in enumerate((rgb.shape[1], rgb.shape[0])):
        if length >= side:
            centre[axis] = np.clip(centre[axis], side / 2, length - side / 2)
    cut = Cut(centre, side, size)
    zoom = size / side
    return Framed(cut.of(rgb), (points - centre) * zoom + size / 2, face * zoom, cut)


def _side(rgb: NDArray[np.uint8], face: float) -> float:
    """Of the square to cut out: tighter rather than beyond the edge of the picture."""
    wanted = face / _SHARE
    return float(np.clip(min(rgb.shape[:2]), 0.8 * wanted, wanted))


def _the_face(rgb: NDArray[np.uint8], faces: FaceMesh) -> Mesh:
    found = faces.detect(rgb)
    if not found:
        raise BadPortrait(
            "No face is found in this picture. A photograph from the front, in good light, with a face that fills "
            "a third of it or more, works best."
        )
    largest = max(found, key=lambda face: face.size)
    if sum(face.size > _SECOND_FACE * largest.size for face in found) > 1:
        raise BadPortrait("There is more than one face in this picture. Please choose one with a single person.")
    mesh = faces.mesh(rgb, largest)
    if mesh.presence < 0.5:
        raise BadPortrait("The face in this picture cannot be made out clearly enough.")
    _check_direction(mesh)
    _check_size(mesh)
    return mesh


def _check_size(mesh: Mesh) -> None:
    height = float(np.linalg.norm(mesh.points[FOREHEAD, :2] - mesh.points[CHIN, :2]))
    if height < _SMALLEST:
        raise BadPortrait(
            f"The face in this picture is too small: {height:.0f} pixels high, and at least {_SMALLEST} are needed."
        )


def _check_direction(mesh: Mesh) -> None:
    across = mesh.points[RIGHT_SIDE] - mesh.points[LEFT_SIDE]
    down = mesh.points[CHIN] - mesh.points[FOREHEAD]
    turned = np.degrees(np.arctan2(abs(across[2]), np.hypot(across[0], across[1])))
    # a face that looks straight ahead has its chin a little behind its forehead
    nodded = abs(np.degrees(np.arctan2(down[2], np.hypot(down[0], down[1]))) - 9)
    leaning = abs(np.degrees(np.arctan2(across[1], across[0])))
    if turned > _TURNED:
        raise BadPortrait("The face in this picture is turned to the side. It has to look towards the camera.")
    if nodded > _NODDED:
        raise BadPortrait("The face in this picture looks up or down. It has to look towards the camera.")
    if leaning > _LEANING:
        raise BadPortrait("The head in this picture is tilted too far. It has to be upright.")
