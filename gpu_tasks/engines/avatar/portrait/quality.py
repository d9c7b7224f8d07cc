"""Whether a face that was found is seen well enough to be brought to speak. Stricter than what an engine can move:
whoever uploads a picture can take a better one."""

import cv2
import numpy as np
from numpy.typing import NDArray

from gpu_tasks.engines.avatar.portrait.framing import Framed
from gpu_tasks.engines.avatar.portrait.landmarks import LEFT_EYE, LOWER_LIP_INSIDE, OVAL, RIGHT_EYE, UPPER_LIP_INSIDE
from gpu_tasks.engines.errors import BadPortrait

# Tried on portraits that were darkened, brightened, blurred and made to speak. Darkness is judged by the lightest
# parts, for skin is of every shade.
_LIGHTEST, _BURNT, _SHARP, _OPEN = 55, 0.5, 0.018, 0.22
# The mesh sees shut lids less than an eye of 0.18 .. 0.22 apart, but narrow eyes, too: these show an iris.
_LIDS, _IRIS = 0.16, 0.18


def check(portrait: Framed) -> None:
    """Raises BadPortrait, and says what is wrong."""
    grey = cv2.cvtColor(portrait.image, cv2.COLOR_RGB2GRAY)
    inside = np.zeros(grey.shape, np.uint8)
    cv2.fillPoly(inside, [portrait.points[OVAL].astype(np.int32)], 255)
    skin = grey[inside > 0]
    if np.percentile(skin, 95) < _LIGHTEST:
        raise BadPortrait("The face in this picture is too dark. Please take it in better light.")
    if (skin >= 250).mean() > _BURNT:
        raise BadPortrait("The face in this picture is too bright: most of it is plain white.")
    if sharpness(portrait) < _SHARP:
        raise BadPortrait("The face in this picture is blurred. Please take one that is in focus.")
    if mouth_gap(portrait.points) > _OPEN:
        raise BadPortrait("The mouth in this picture is wide open. Please take one with the mouth closed.")
    if eyes_open(portrait.points) < _LIDS and _iris(portrait) < _IRIS:
        raise BadPortrait("The eyes in this picture are closed. Please take one with the eyes open.")


def sharpness(portrait: Framed) -> float:
    oval = portrait.points[OVAL]
    (left, top), (right, bottom) = oval.min(0).clip(0).astype(int), oval.max(0).astype(int)
    grey = cv2.cvtColor(portrait.image[top:bottom, left:right], cv2.COLOR_RGB2GRAY)
    face = cv2.resize(grey, (128, 160), interpolation=cv2.INTER_AREA).astype(np.float64)
    return float(cv2.Laplacian(face, cv2.CV_64F).std() / max(face.mean(), 1))


def mouth_gap(points: NDArray[np.float64]) -> float:
    """How far the lips are apart, in widths of the mouth."""
    return _gap(points, UPPER_LIP_INSIDE, LOWER_LIP_INSIDE)


def eyes_open(points: NDArray[np.float64]) -> float:
    """How far the lids of the eye that is more shut are apart, in widths of an eye."""
    return min(_gap(points, *LEFT_EYE), _gap(points, *RIGHT_EYE))


def _iris(portrait: Framed) -> float:
    """How much darker and lighter it gets along the eye that shows more: an iris in its white does, lashes do not."""
    grey, points = cv2.cvtColor(portrait.image, cv2.COLOR_RGB2GRAY).astype(np.uint8, copy=False), portrait.points
    return max(_along(grey, points[upper, :2], points[lower, :2]) for upper, lower in (LEFT_EYE, RIGHT_EYE))


def _along(grey: NDArray[np.uint8], upper: NDArray[np.float64], lower: NDArray[np.float64]) -> float:
    across = upper[-1] - upper[0]
    down = np.array([-across[1], across[0]])
    x, y = np.meshgrid(np.linspace(-0.38, 0.38, 33), np.linspace(-0.12, 0.12, 13))
    where = (upper[1:-1].mean(0) + lower[1:-1].mean(0)) / 2 + x[..., None] * across + y[..., None] * down
    columns, rows = (where[..., axis].astype(np.float32) for axis in (0, 1))
    eye = cv2.remap(grey, columns, rows, cv2.INTER_LINEAR).astype(np.float64)
    return float(eye.mean(0).std() / max(eye.mean(), 1))


def _gap(points: NDArray[np.float64], upper: list[int], lower: list[int]) -> float:
    apart = points[upper, :2].mean(0) - points[lower, :2].mean(0)
    return float(np.linalg.norm(apart) / np.linalg.norm(points[upper[0], :2] - points[upper[-1], :2]))
