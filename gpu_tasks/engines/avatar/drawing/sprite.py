"""Parts of the picture that are painted once, and laid over one another pixel by pixel."""

from collections.abc import Callable
from math import ceil, floor
from typing import Any

import cv2
import numpy as np
import skia
from numpy.typing import NDArray

Pixels = NDArray[np.uint8]
"""[height, width, 4], blue green red alpha, premultiplied: what skia is fastest with."""

Box = tuple[float, float, float, float]
"""Left, top, right, bottom on the sheet of 512 x 512."""

_ZOOM, _ZOOM_CENTRE = 1.1, (256.0, 262.0)


class Sheet:
    """Where on the picture a place on the sheet is."""

    def __init__(self, size: int) -> None:
        self.size = size
        self.scale = _ZOOM * size / 512
        self._origin = tuple((1 - _ZOOM) * centre * size / 512 for centre in _ZOOM_CENTRE)

    def at(self, x: float, y: float) -> tuple[float, float]:
        return self._origin[0] + self.scale * x, self._origin[1] + self.scale * y

    def canvas(self, pixels: Pixels, left: int = 0, top: int = 0) -> Any:
        """To draw on `pixels`, whose first is pixel (left, top) of the picture, in units of the sheet."""
        canvas = plain_canvas(pixels)
        canvas.translate(self._origin[0] - left, self._origin[1] - top)
        canvas.scale(self.scale, self.scale)
        return canvas


class Sprite:
    def __init__(self, pixels: Pixels, left: int, top: int) -> None:
        self.pixels, self.left, self.top = pixels, left, top
        self._image = skia.Image.fromarray(pixels, skia.kBGRA_8888_ColorType, skia.kPremul_AlphaType, copy=False)

    @classmethod
    def paint(cls, sheet: Sheet, box: Box, draw: Callable[[Any], None]) -> "Sprite":
        x0, y0 = sheet.at(*box[:2])
        x1, y1 = sheet.at(*box[2:])
        left, top = max(floor(x0), 0), max(floor(y0), 0)
        pixels = np.zeros((min(ceil(y1), sheet.size) - top, min(ceil(x1), sheet.size) - left, 4), np.uint8)
        draw(sheet.canvas(pixels, left, top))
        return cls(pixels, left, top)

    def lay(self, canvas: Any, left: int = 0, top: int = 0) -> None:
        """On a plain canvas whose first pixel is (left, top) of the picture."""
        canvas.drawImage(self._image, self.left - left, self.top - top)

    def turned(self, degrees: float, about: tuple[float, float], shift: tuple[float, float]) -> "Sprite":
        """Turned (clockwise) about a point of the picture, and moved; all in pixels."""
        margin = 12
        height, width = self.pixels.shape[:2]
        centre = (about[0] - self.left, about[1] - self.top)
        matrix = cv2.getRotationMatrix2D(centre, -degrees, 1.0)
        matrix[:, 2] += np.asarray(shift) + margin
        size = (width + 2 * margin, height + 2 * margin)
        turned = cv2.warpAffine(self.pixels, matrix, size, flags=cv2.INTER_LINEAR).astype(np.uint8, copy=False)
        return Sprite(turned, self.left - margin, self.top - margin)


def plain_canvas(pixels: Pixels) -> Any:
    return skia.Surface(pixels, skia.kBGRA_8888_ColorType, skia.kPremul_AlphaType).getCanvas()
