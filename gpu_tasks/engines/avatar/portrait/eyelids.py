"""Blinking: the skin between brow and lid is stretched down over the eye."""

import cv2
import numpy as np
from numpy.typing import NDArray

from gpu_tasks.engines.avatar.portrait.landmarks import LEFT_BROW, LEFT_EYE, RIGHT_BROW, RIGHT_EYE


class Eyelid:
    def __init__(self, upper: NDArray[np.float64], lower: NDArray[np.float64], brow: float, height: float) -> None:
        """Lids from left to right, and the lowest point of the brow, in pixels. `height`: of the face."""
        upper, lower = upper[np.argsort(upper[:, 0])], lower[np.argsort(lower[:, 0])]
        margin = int(0.02 * height)
        left, right = int(upper[0, 0]) - margin, int(upper[-1, 0]) + margin
        top, bottom = int(brow), int(lower[:, 1].max()) + int(0.05 * height)
        self._box = slice(top, bottom), slice(left, right)
        x = np.arange(left, right, dtype=np.float32)
        inside = np.clip(np.sin(np.pi * np.clip((x - upper[0, 0]) / (upper[-1, 0] - upper[0, 0]), 0, 1)), 0, 1)
        above = _smooth(np.interp(x, upper[:, 0], upper[:, 1])) - 0.004 * height
        below = _smooth(np.interp(x, lower[:, 0], lower[:, 1]))
        # a little past the lower lid, so that nothing of the eye is left to see
        self._travel = np.maximum(below - above, 0) * np.clip(3 * inside, 0, 1) + 0.009 * height * inside
        self._lid = above - top
        self._x, self._y = np.meshgrid(x - left, np.arange(bottom - top, dtype=np.float32))

    def shut(self, image: NDArray[np.uint8], blink: float) -> None:
        """In place."""
        part = image[self._box]
        lid = self._lid + self._travel * blink
        fixed = 0.15 * self._lid
        share = np.clip((self._y - fixed) / np.maximum(lid - fixed, 1), 0, 1)
        source = np.where(self._y >= fixed, fixed + (self._lid - fixed) * share**1.25, self._y).astype(np.float32)
        skin = cv2.remap(part, self._x.astype(np.float32), source, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
        covered = np.clip(lid - self._y + 0.5, 0, 1) * np.clip(self._travel / 1.5, 0, 1)
        covered = cv2.GaussianBlur(covered.astype(np.float32), (0, 0), 0.6)[..., None]
        lashes = np.exp(-(((self._y - lid) / 1.1) ** 2)) * np.clip(self._travel / 3, 0, 1) * 0.35 * blink
        part[:] = np.clip((part * (1 - covered) + skin * covered) * (1 - lashes[..., None]), 0, 255).astype(np.uint8)


def eyelids(points: NDArray[np.float64], height: float) -> list[Eyelid]:
    return [
        Eyelid(points[upper], points[lower], float(points[brow][:, 1].max()), height)
        for (upper, lower), brow in ((LEFT_EYE, LEFT_BROW), (RIGHT_EYE, RIGHT_BROW))
    ]


def _smooth(values: NDArray[np.float64]) -> NDArray[np.float32]:
    smooth = cv2.GaussianBlur(values.astype(np.float32)[None], (0, 0), 1.5)[0]
    return np.asarray(smooth, np.float32)
