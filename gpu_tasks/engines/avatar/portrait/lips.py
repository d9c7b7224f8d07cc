"""How far every place of a photographed face moves for a given mouth.

Two layers, that of the upper lip and that of the lower, because the places on both sides of the mouth's
line part when it opens. Each is a weighted sum of eight smooth fields, on a grid of a quarter of the pixels.
"""

from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from gpu_tasks.engines.avatar.portrait.geometry import Array, MouthAxes, soft_step
from gpu_tasks.engines.avatar.portrait.landmarks import OVAL
from gpu_tasks.engines.avatar.visemes import Mouth

CELL = 4

_JAW_DROP = 0.125  # of the face's height; further, and the stretched chin shows


class LipFields:
    def __init__(self, points: NDArray[np.float64], axes: MouthAxes, height: int, width: int) -> None:
        """`points`: in pixels of the part of the picture that is moved, `height` x `width`, multiples of CELL."""
        shape = (height // CELL, width // CELL)
        x, y = np.meshgrid((np.arange(shape[1]) + 0.5) * CELL - 0.5, (np.arange(shape[0]) + 0.5) * CELL - 0.5)
        self._x, self._y = x.astype(np.float32), y.astype(np.float32)
        self._size = (width, height)
        self._axes = axes
        local = axes.local(np.stack([x, y], -1).astype(np.float64))
        self._fields = self._in_picture(_fields(local[..., 0], local[..., 1], axes, self._face(points, shape)))

    def displacement(self, mouth: Mouth) -> Array:
        """[2 layers, (x, y), rows, columns of the grid]: where to each place goes, in pixels."""
        pucker = max(-mouth.wide, 0.0)
        wide = mouth.wide if mouth.wide > 0 else 1.25 * mouth.wide
        # a photograph in which the lips are apart has them closed always; a little too much, to be sure
        weights = (mouth.jaw, wide, mouth.upper, mouth.lower, mouth.press, 1.3, 0.6 * pucker, mouth.jaw * pucker)
        moved: Array = np.tensordot(np.array(weights, np.float32), self._fields, 1)
        return moved

    def sources(self, displacement: Array) -> tuple[Array, Array]:
        """Of one layer: from where each pixel comes, x and y, for cv2.remap."""
        back: Any = displacement
        for _ in range(3):
            x, y = self._cell(self._x - back[0]), self._cell(self._y - back[1])
            back = np.stack([cv2.remap(part, x, y, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
                             for part in displacement])  # fmt: skip
        full_x, full_y = (cv2.resize(part, self._size, interpolation=cv2.INTER_LINEAR) for part in back)
        return full_x.astype(np.float32, copy=False), full_y.astype(np.float32, copy=False)

    def moved(self, local: NDArray[np.float64], displacement: Array) -> NDArray[np.float64]:
        """Points in the mouth's coordinates, moved as their layer moves; in pixels."""
        points = self._axes.picture(local)
        x, y = (self._cell(points[None, :, i].astype(np.float32)) for i in (0, 1))
        shift = np.stack([cv2.remap(part, x, y, cv2.INTER_LINEAR)[0] for part in displacement], 1)
        there: NDArray[np.float64] = points + shift
        return there

    @staticmethod
    def _cell(pixel: Array) -> Array:
        return ((pixel + 0.5) / CELL - 0.5).astype(np.float32, copy=False)

    def _face(self, points: NDArray[np.float64], shape: tuple[int, int]) -> NDArray[np.float64]:
        """1 inside the face, fading to 0 around it."""
        height = self._axes.face_height
        width, rows = self._size
        mask: NDArray[Any] = np.zeros((rows, width), np.uint8)
        cv2.fillPoly(mask, [np.round(points[OVAL]).astype(np.int32)], 255)
        reach = int(0.10 * height) | 1
        mask = cv2.GaussianBlur(cv2.dilate(mask, np.ones((reach, reach), np.uint8)), (0, 0), 0.06 * height)
        return cv2.resize(mask, shape[::-1], interpolation=cv2.INTER_AREA).astype(np.float64) / 255

    def _in_picture(self, fields: NDArray[np.float64]) -> Array:
        turned = np.einsum("ij,wljrc->wlirc", self._axes.axes, fields)
        return np.ascontiguousarray(turned, np.float32)


def _fields(
    u: NDArray[np.float64], v: NDArray[np.float64], axes: MouthAxes, face: NDArray[np.float64]
) -> NDArray[np.float64]:
    """[8 weights, 2 layers, (u, v), rows, columns]."""
    height, half, nose, chin = axes.face_height, axes.half_width, axes.nose, axes.chin
    below = v - axes.line(u)  # the line of the lips

    def window(reach: float | NDArray[np.float64]) -> NDArray[np.float64]:
        inside: NDArray[np.float64] = np.clip(1 - (u / (half * reach)) ** 2, 0, 1)
        return inside

    fade_down = 1 - soft_step(chin, chin + 0.30 * height, v)
    fade_aside = np.maximum(
        face, soft_step(0.9 * chin, 1.15 * chin, v) * (1 - soft_step(0.25 * height, 0.5 * height, np.abs(u)))
    )
    jaw = (0.42 * soft_step(0.6 * nose, 0.55 * chin, v) + 0.58 * soft_step(0.1 * chin, 0.95 * chin, v)) * fade_down
    jaw = jaw * fade_aside
    opening = window(1.0 + 1.1 * soft_step(0, 0.8 * chin, below)) ** (
        0.75 + 0.30 * (1 - soft_step(0, 0.5 * chin, below))
    )
    opening = opening * soft_step(-0.04 * height, 0.0, below)
    lower = jaw + (1 - jaw) * opening * fade_down
    upper = jaw * (1 - 0.95 * window(1.0) ** 0.75 * (1 - soft_step(0, abs(nose), -below)))

    around = np.exp(-(((u / (1.55 * half)) ** 2) ** 1.5) - (below / (0.30 * height)) ** 2)
    near_upper = np.clip(1 + below / abs(nose), 0, 1)
    near_lower = np.clip(1 - below / (0.30 * height), 0, 1)
    in_upper, in_lower = np.clip(1 + below / (0.075 * height), 0, 1), np.clip(1 - below / (0.09 * height), 0, 1)
    gap = axes.gap(u)
    thicker = 0.35 * below * around * np.exp(-((below / (0.10 * height)) ** 2))

    drop = _JAW_DROP * height
    fields = np.zeros((8, 2, 2, *u.shape))
    fields[0, 0, 1], fields[0, 1, 1] = drop * upper, drop * lower
    fields[1, :, 0] = 0.24 * half * np.tanh(u / (0.55 * half)) * around
    fields[1, :, 1] = -0.045 * half * around * np.clip(np.abs(u) / half, 0, 1.2) ** 2
    fields[2, 0, 1] = -0.045 * height * window(1.0) * near_upper
    fields[3, 1, 1] = 0.050 * height * window(1.05) * near_lower
    fields[4, 0, 1] = 0.012 * height * window(1.1) * 4 * in_upper * (1 - in_upper)
    fields[4, 1, 1] = -0.016 * height * window(1.1) * 4 * in_lower * (1 - in_lower)
    fields[5, 0, 1], fields[5, 1, 1] = 0.38 * gap * near_upper, -0.62 * gap * near_lower**2
    fields[6, :, 1] = thicker
    fields[7, 1, 1] = drop * (opening**3 - opening) * fade_down
    return fields
