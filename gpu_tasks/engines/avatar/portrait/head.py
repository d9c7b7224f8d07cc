"""The head of a photograph turns and nods a little; shoulders and background stay where they are."""

import cv2
import numpy as np
from numpy.typing import NDArray

from gpu_tasks.engines.avatar.motion import Pose
from gpu_tasks.engines.avatar.portrait.framing import Framed
from gpu_tasks.engines.avatar.portrait.geometry import soft_step
from gpu_tasks.engines.avatar.portrait.landmarks import CHIN, FOREHEAD

_CELL = 8


class HeadTurn:
    def __init__(self, portrait: Framed) -> None:
        size, height = portrait.image.shape[0], portrait.height
        cells = size // _CELL
        x, y = np.meshgrid((np.arange(cells) + 0.5) * _CELL - 0.5, (np.arange(cells) + 0.5) * _CELL - 0.5)
        middle = (portrait.points[FOREHEAD] + portrait.points[CHIN]) / 2
        chin = portrait.points[CHIN, 1]
        not_the_body = 1 - soft_step(chin + 0.02 * height, chin + 0.55 * height, y)
        not_aside = 1 - soft_step(0.62 * height, 1.05 * height, np.abs(x - middle[0]))
        not_above = 0.6 * soft_step(middle[1] - 1.25 * height, middle[1] - 0.85 * height, y) + 0.4
        self._weight = not_the_body * not_aside * not_above
        self._right, self._down = x - middle[0], y - (chin + 0.15 * height)
        # the middle of the face is nearer to the camera, and moves further
        self._near = np.exp(-(((x - middle[0]) / (0.42 * height)) ** 2) - ((y - middle[1]) / (0.62 * height)) ** 2)
        self._height = height
        self._size = size
        self._x, self._y = (a.astype(np.float32) for a in np.meshgrid(np.arange(size), np.arange(size)))

    def turn(self, image: NDArray[np.uint8], pose: Pose) -> NDArray[np.uint8]:
        angle = np.deg2rad(1.1 * pose.roll)
        dx = -self._down * angle + self._height * pose.yaw * (0.010 + 0.016 * self._near)
        dy = self._right * angle + self._height * (pose.pitch * (0.006 + 0.014 * self._near) - 0.005 * pose.breath)
        shift = np.stack([dx * self._weight, dy * self._weight], -1).astype(np.float32)
        full = cv2.resize(shift, (self._size, self._size), interpolation=cv2.INTER_LINEAR)
        turned = cv2.remap(
            image, self._x - full[..., 0], self._y - full[..., 1], cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE
        )
        return turned.astype(np.uint8, copy=False)
