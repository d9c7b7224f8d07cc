"""What is seen between the lips of a photograph: drawn, in the light of its skin."""

import cv2
import numpy as np
from numpy.typing import NDArray

from gpu_tasks.engines.avatar.portrait.geometry import Array, MouthAxes, soft_step
from gpu_tasks.engines.avatar.portrait.landmarks import CHEEKS, LOWER_LIP, UPPER_LIP

_LIGHT = np.array([0.30, 0.59, 0.11])


class Cavity:
    def __init__(self, image: NDArray[np.uint8], points: NDArray[np.float64], axes: MouthAxes) -> None:
        height, half = axes.face_height, axes.half_width
        self._height = height
        rows, columns = image.shape[:2]
        lips = points[UPPER_LIP + LOWER_LIP]
        margin = 0.04 * height
        around = np.array([margin + 0.1 * half, margin])
        left, top = np.maximum(lips.min(0) - around, 0).astype(int)
        deepest = lips.max(0) + around + (0, 0.24 * height)
        right, bottom = np.minimum(deepest, (columns, rows)).astype(int)
        self.box = slice(top, bottom), slice(left, right)
        """Rows and columns of the image that drawing touches."""
        self.corner = np.array([left, top], np.float64)
        x, y = np.meshgrid(np.arange(left, right), np.arange(top, bottom))
        local = axes.local(np.stack([x, y], -1).astype(np.float64))
        self._v = local[..., 1].astype(np.float32)
        self._across = np.clip(local[..., 0] / half, -1, 1).astype(np.float32)
        self._lower = np.interp(local[..., 0], axes.lower[:, 0], axes.lower[:, 1]).astype(np.float32)
        below = (local[..., 1] - np.interp(local[..., 0], axes.upper[:, 0], axes.upper[:, 1])).astype(np.float32)

        skin, self._light = _skin(image, points, height)
        self._dark = self._darkness(below)
        self.own_teeth = float(axes.gap(0.0)) > 0.02 * height
        self._teeth, self._teeth_mask = self._own(image, axes) if self.own_teeth else self._drawn(below, skin, half)

    def paint(self, drop: float, tongue: float, teeth: float) -> Array:
        """The whole box, to be seen through the opening. `drop`: of the lower lip, in pixels; `teeth`: 0..1."""
        height, across = self._height, self._across
        image = self._dark.copy()
        rise = drop + self._lower - self._v  # above the lower lip
        body = np.clip(1 - ((rise - 0.005 * height) / (0.075 * height + 0.05 * height * tongue)) ** 2, 0, 1)
        body = body * np.clip(1 - (across / 0.72) ** 2, 0, 1)
        share = soft_step(0, 0.35, body) * 0.75 * soft_step(0.045 * height, 0.10 * height, drop)
        share = (share * max(0.35, min(1.0, 2 * tongue + 0.5)))[..., None]
        red = np.array([150, 72, 70], np.float32) * (self._light / 165) * (0.55 + 0.45 * body[..., None])
        image = image * (1 - share) + red * share
        edge = 0.014 * height * (1 - 0.4 * across**2)
        lower_teeth = (1 - soft_step(-1, 1.4, rise - edge)) * (1 - soft_step(0.5, 0.74, np.abs(across)))
        share = (0.7 * lower_teeth)[..., None]
        ivory = np.array([196, 182, 162], np.float32) * min(1.0, self._light / 185)
        image = image * (1 - share) + ivory * (0.6 + 0.4 * np.exp(-((across / 0.5) ** 2)))[..., None] * share
        mask = self._teeth_mask[..., None] * teeth
        painted: Array = (image * (1 - mask) + self._teeth * mask).astype(np.float32, copy=False)
        return painted

    def _darkness(self, below: Array) -> Array:
        depth = (1 - 0.55 * soft_step(0.02 * self._height, 0.12 * self._height, below)) * (1 - 0.5 * self._across**2)
        dark: Array = (np.array([46, 14, 14]) * (self._light / 150) * depth[..., None]).astype(np.float32)
        return dark

    def _drawn(self, below: Array, skin: NDArray[np.float64], half: float) -> tuple[Array, Array]:
        """Upper teeth, which stand still with the skull."""
        height, across = self._height, self._across
        edge = 0.030 * height * (1 - 0.45 * across**2)
        mask = soft_step(-0.02 * height - 2, -0.02 * height + 1, below) * (1 - soft_step(-1.2, 1.2, below - edge))
        mask = mask * (1 - soft_step(0.62, 0.86, np.abs(across)))
        colour = np.array([242, 234, 218]) * (skin / self._light) ** 0.25 * min(1.0, self._light / 150)
        lit = (0.66 + 0.34 * np.exp(-((across / 0.55) ** 2))) * (
            0.80 + 0.20 * soft_step(-0.01 * height, 0.03 * height, below)
        )
        to_border = np.abs(((across / 0.24 + 0.5) % 1) - 0.5) * 2
        lit = lit * (1 - 0.10 * np.exp(-(((1 - to_border) / 0.10) ** 2)))
        return np.clip(colour * lit[..., None], 0, 255).astype(np.float32), (0.95 * mask).astype(np.float32)

    def _own(self, image: NDArray[np.uint8], axes: MouthAxes) -> tuple[Array, Array]:
        """The teeth that the photograph shows."""
        outline = axes.picture(np.concatenate([axes.upper, axes.lower[::-1]]))
        mask = np.zeros(image.shape[:2], np.uint8)
        cv2.fillPoly(mask, [np.round(outline).astype(np.int32)], 255)
        soft = cv2.GaussianBlur(mask, (0, 0), 0.6).astype(np.float32) / 255
        return image[self.box].astype(np.float32), soft[self.box].astype(np.float32, copy=False)


def _skin(image: NDArray[np.uint8], points: NDArray[np.float64], height: float) -> tuple[NDArray[np.float64], float]:
    """Its mean colour, and how light it is."""
    reach = int(0.04 * height)
    patches = [
        image[max(y - reach, 0) : y + reach, max(x - reach, 0) : x + reach].reshape(-1, 3).mean(0)
        for x, y in points[CHEEKS].astype(int)
    ]
    skin: NDArray[np.float64] = np.mean(patches, 0)
    return skin, float(np.clip(skin @ _LIGHT, 40, 235))
