"""Where in a picture the mouth is painted: from the mesh of a face to a box and a soft mask."""

from collections.abc import Sequence

import cv2
import numpy as np
from numpy.typing import NDArray

from gpu_tasks.engines.avatar.base import FPS, Frame
from gpu_tasks.engines.avatar.facemesh import FaceMesh, Points
from gpu_tasks.engines.avatar.loudness import smooth
from gpu_tasks.engines.avatar.portrait.landmarks import CHIN, OVAL
from gpu_tasks.engines.errors import BadPortrait

Boxes = NDArray[np.int32]
"""[frames, 4]: left, top, right, bottom in pixels of the picture; all of one size, all inside it."""
Masks = NDArray[np.uint8]
"""[frames, rows, columns] of the boxes: 255 where all is painted."""

LARGEST = 256  # a larger box would have to be painted larger than the network paints
_SMALLEST = 16
_BELOW = 10  # pixels below the chin, for the jaw to open into
_BETWEEN_EYES, _NOSE_TIP = 168, 4
_STEADY = 0.08  # seconds: a box that trembles makes the mouth tremble
_CROP, _BLUR = 1.5, 0.1  # the mask is softened by a tenth of a square 1.5 times as large as the box


def outlines(frames: Sequence[Frame], faces: FaceMesh) -> Points:
    """[frames, 468, 2]. Where no face is found it is where it was before. Raises BadPortrait if nowhere."""
    found = [_points(frame, faces) for frame in frames]
    known = [number for number, points in enumerate(found) if points is not None]
    if not known:
        raise BadPortrait("No face is found in this avatar, so its mouth cannot be moved.")
    last = found[known[0]]
    held = []
    for points in found:
        last = last if points is None else points
        held.append(last)
    return np.array(held)


def boxes(points: Points, width: int, height: int) -> Boxes:
    """`points`: outlines of frames of width x height."""
    oval = points[:, OVAL]
    left, right = oval[..., 0].min(1), oval[..., 0].max(1)
    nose = points[:, _BETWEEN_EYES, 1] + 2 / 3 * (points[:, _NOSE_TIP, 1] - points[:, _BETWEEN_EYES, 1])
    chin = points[:, CHIN, 1]
    bottom = _steady(chin + _BELOW)
    columns = int(np.clip(np.median(right - left), _SMALLEST, min(LARGEST, width)))
    rows = int(np.clip(np.median(2 * (chin - nose) + _BELOW), _SMALLEST, min(LARGEST, height)))
    x = np.clip(np.round(_steady((left + right) / 2) - columns / 2), 0, width - columns)
    y = np.clip(np.round(bottom - rows), 0, height - rows)
    return np.stack([x, y, x + columns, y + rows], 1).astype(np.int32)


def masks(points: Points, boxes: Boxes) -> Masks:
    """The lower half of each box, inside the outline of the face."""
    columns, rows = boxes[0, 2:] - boxes[0, :2]
    blur = int(_BLUR * _CROP * max(columns, rows)) // 2 * 2 + 1
    made = np.zeros((len(boxes), rows, columns), np.uint8)
    for mask, face, box in zip(made, points, boxes, strict=True):
        cv2.fillPoly(mask, [np.round(face[OVAL] - box[:2]).astype(np.int32)], 255)
        mask[: rows // 2] = 0
        mask[:] = cv2.GaussianBlur(mask, (blur, blur), 0, borderType=cv2.BORDER_CONSTANT)
    return made


def blend(frame: Frame, box: Boxes, mask: Masks, face: Frame, share: float) -> None:
    """Paint `face` (of any size) into the box of the frame, `share` (0..1) of it."""
    left, top, right, bottom = box.tolist()
    painted = cv2.resize(face, (right - left, bottom - top), interpolation=cv2.INTER_AREA)
    first = int(mask.any(1).argmax())
    part = frame[top + first : bottom, left:right]
    weight = np.round(mask[first:] * share).astype(np.uint16)[..., None]
    part[:] = ((part * (255 - weight) + painted[first:] * weight + 127) // 255).astype(np.uint8)


def cut(frame: Frame, box: Boxes, size: int) -> Frame:
    """What is in the box, as a square for the network."""
    left, top, right, bottom = box.tolist()
    square = cv2.resize(frame[top:bottom, left:right], (size, size), interpolation=cv2.INTER_LANCZOS4)
    return square.astype(np.uint8, copy=False)


def _points(frame: Frame, faces: FaceMesh) -> Points | None:
    found = faces.detect(frame)
    return faces.mesh(frame, max(found, key=lambda face: face.size)).points[:, :2] if found else None


def _steady(track: NDArray[np.float64]) -> NDArray[np.float64]:
    return smooth(track.astype(np.float32), _STEADY, FPS).astype(np.float64)
