"""The mouth's own coordinates, and a few soft steps."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from gpu_tasks.engines.avatar.portrait.landmarks import (
    CHIN,
    LOWER_LIP_INSIDE,
    MOUTH_CORNERS,
    NOSE_BASE,
    UPPER_LIP_INSIDE,
)

Array = NDArray[np.float32]


def soft_step(start: float, end: float, x: Any) -> Any:
    """0 before `start`, 1 after `end`, smooth between; an array as x is."""
    share = np.clip((x - start) / (end - start + 1e-9), 0, 1)
    return share * share * (3 - 2 * share)


class MouthAxes:
    """u along the mouth to the right, v down across it, both in pixels from its middle."""

    def __init__(self, points: NDArray[np.float64], face_height: float) -> None:
        left, right = (points[i] for i in MOUTH_CORNERS)
        self.face_height = face_height
        self.centre = (left + right) / 2
        self.half_width = float(np.linalg.norm(right - left) / 2)
        along = (right - left) / np.linalg.norm(right - left)
        self.axes = np.array([[along[0], -along[1]], [along[1], along[0]]])
        """[2, 2]: its columns are u and v in the picture."""
        self.upper = self.local(points[UPPER_LIP_INSIDE])
        self.lower = self.local(points[LOWER_LIP_INSIDE])
        self.nose = float(self.local(points[NOSE_BASE])[1])
        self.chin = float(self.local(points[CHIN])[1])

    def local(self, points: NDArray[np.float64]) -> NDArray[np.float64]:
        local: NDArray[np.float64] = (points - self.centre) @ self.axes
        return local

    def picture(self, local: NDArray[np.float64]) -> NDArray[np.float64]:
        points: NDArray[np.float64] = local @ self.axes.T + self.centre
        return points

    def line(self, u: Any) -> Any:
        """v of where the lips meet."""
        upper = np.interp(u, self.upper[:, 0], self.upper[:, 1])
        return (upper + np.interp(u, self.lower[:, 0], self.lower[:, 1])) / 2

    def gap(self, u: Any) -> Any:
        """How far the lips of the photograph itself are apart."""
        lower = np.interp(u, self.lower[:, 0], self.lower[:, 1], 0, 0)
        upper = np.interp(u, self.upper[:, 0], self.upper[:, 1], 0, 0)
        return np.maximum(lower - upper, 0) * (np.abs(u) < np.abs(self.upper[:, 0]).max())
