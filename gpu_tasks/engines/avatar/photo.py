"""A portrait that speaks: its own pixels, moved."""

from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from gpu_tasks.engines.avatar.base import Frame
from gpu_tasks.engines.avatar.facemesh import FaceMesh
from gpu_tasks.engines.avatar.motion import Pose
from gpu_tasks.engines.avatar.portrait.cavity import Cavity
from gpu_tasks.engines.avatar.portrait.eyelids import eyelids
from gpu_tasks.engines.avatar.portrait.framing import framed
from gpu_tasks.engines.avatar.portrait.geometry import MouthAxes, soft_step
from gpu_tasks.engines.avatar.portrait.head import HeadTurn
from gpu_tasks.engines.avatar.portrait.landmarks import OVAL, UPPER_LIP
from gpu_tasks.engines.avatar.portrait.lips import CELL, LipFields
from gpu_tasks.engines.avatar.portrait.upload import read_portrait
from gpu_tasks.engines.avatar.visemes import Mouth

_OPEN = 0.8  # pixels: less is no opening


class Photograph:
    """One portrait, ready to be moved. Serves several threads at once. Raises BadPortrait."""

    def __init__(self, data: bytes, faces: FaceMesh, size: int) -> None:
        portrait = framed(read_portrait(data), faces, size)
        self._image, self.cut = portrait.image, portrait.cut
        self._box = _moving_part(portrait.points, portrait.height, size)
        self._part = np.ascontiguousarray(self._image[self._box])
        rows, columns = self._part.shape[:2]
        points = portrait.points - (self._box[1].start, self._box[0].start)
        self._axes = MouthAxes(points, portrait.height)
        self._lips = LipFields(points, self._axes, rows, columns)
        self._cavity = Cavity(self._part, points, self._axes)
        self._eyelids = eyelids(points, portrait.height)
        self._head = HeadTurn(portrait)
        self._upper_lip = max(int(points[UPPER_LIP, 1].min()) - 4, 0)
        """The lower layer is not seen above this row."""
        self._x, self._y = (a.astype(np.float32) for a in np.meshgrid(np.arange(columns), np.arange(rows)))

    def draw(self, mouth: Mouth, pose: Pose) -> Frame:
        face = self._speaking(mouth)
        if pose.blink > 0.02:
            for eyelid in self._eyelids:
                eyelid.shut(face, pose.blink)
        image = self._image.copy()
        image[self._box] = face
        return self._head.turn(image, pose)

    def _speaking(self, mouth: Mouth) -> NDArray[np.uint8]:
        upper_moved, lower_moved = self._lips.displacement(mouth)
        top = self._upper_lip
        image = self._layer(upper_moved, 0)
        lower = self._layer(lower_moved, top)
        upper_edge = self._lips.moved(self._axes.upper, upper_moved)
        lower_edge = self._lips.moved(self._axes.lower, lower_moved)
        across = self._axes.axes[:, 1]
        crossed = (((upper_edge - lower_edge) @ across) > 0)[:, None]
        middle = (upper_edge + lower_edge) / 2
        upper_edge, lower_edge = np.where(crossed, middle, upper_edge), np.where(crossed, middle, lower_edge)
        _blend(image[top:], lower, self._below(lower_edge, top))
        gap = float(((lower_edge - upper_edge) @ across).max())
        if gap > _OPEN:
            middle_lip = len(lower_edge) // 2
            drop = float((lower_edge[middle_lip] - self._axes.picture(self._axes.lower[middle_lip])) @ across)
            self._open(image, np.concatenate([upper_edge, lower_edge[::-1]]), gap, drop, mouth)
        return image

    def _layer(self, moved: NDArray[np.float32], top: int) -> NDArray[np.uint8]:
        x, y = self._lips.sources(moved)
        layer = cv2.remap(
            self._part,
            (self._x - x)[top:],
            (self._y - y)[top:],
            cv2.INTER_LINEAR,
            borderMode=cv2.BORDER_REPLICATE,
        )
        return layer.astype(np.uint8, copy=False)

    def _below(self, edge: NDArray[np.float64], top: int) -> NDArray[np.uint8]:
        """255 below the lower lip's edge; beyond the corners both layers agree."""
        along, down = self._axes.axes.T * self._axes.face_height
        start, end = edge[0] - 2 * along, edge[-1] + 2 * along
        outline = np.concatenate([[start], edge, [end, end + 3 * down, start + 3 * down]]) - (0, top)
        return _filled(outline, (self._part.shape[0] - top, self._part.shape[1]), 0.7)

    def _open(
        self, image: NDArray[np.uint8], outline: NDArray[np.float64], gap: float, drop: float, mouth: Mouth
    ) -> None:
        part = image[self._cavity.box]
        hole = _filled(outline - self._cavity.corner, part.shape[:2], 0.9)
        inside = cv2.GaussianBlur(hole, (0, 0), 0.018 * self._axes.face_height).astype(np.float32) / 255
        hidden = (0.7 if self._cavity.own_teeth else 1.1) * max(-mouth.wide, 0.0)
        teeth = float(soft_step(1.5, 6.0, gap)) * float(np.clip(1 - hidden, 0, 1))
        lit = 0.75 + 0.25 * soft_step(0.30, 0.85, inside)  # the lips cast a shadow on what is behind them
        painted = self._cavity.paint(drop, mouth.tongue, teeth) * lit[..., None]
        share = (hole.astype(np.float32) / 255 * float(soft_step(0.6, 3.0, gap)))[..., None]
        part[:] = (part * (1 - share) + painted * share + 0.5).astype(np.uint8)


def _moving_part(points: NDArray[np.float64], height: float, size: int) -> tuple[slice, slice]:
    """Rows and columns around the face and the throat, in whole cells of the fields."""
    oval = points[OVAL]
    low, high = oval.min(0) - 0.16 * height, oval.max(0) + np.array([0.16, 0.45]) * height
    (left, top), (right, bottom) = (np.clip(corner, 0, size).astype(int) // CELL * CELL for corner in (low, high))
    return slice(top, bottom), slice(left, right)


def _filled(outline: NDArray[np.float64], shape: Any, blur: float) -> NDArray[np.uint8]:
    mask = np.zeros(shape, np.uint8)
    cv2.fillPoly(mask, [np.round(outline * 16).astype(np.int32)], 255, cv2.LINE_AA, 4)
    return cv2.GaussianBlur(mask, (0, 0), blur).astype(np.uint8, copy=False)


def _blend(below: NDArray[np.uint8], above: NDArray[np.uint8], mask: NDArray[np.uint8]) -> None:
    share = mask.astype(np.uint16)[..., None]
    below[:] = ((below.astype(np.uint16) * (255 - share) + above.astype(np.uint16) * share + 127) // 255).astype(
        np.uint8
    )
