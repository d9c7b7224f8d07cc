"""A tutor drawn anew for every frame."""

from functools import cache
from typing import Any

import cv2
import numpy as np

from gpu_tasks.engines.avatar.base import Frame
from gpu_tasks.engines.avatar.drawing.accessories import Beard, draw_earrings, draw_glasses
from gpu_tasks.engines.avatar.drawing.backdrop import backdrop
from gpu_tasks.engines.avatar.drawing.clothes import Clothes
from gpu_tasks.engines.avatar.drawing.eyes import Eyes
from gpu_tasks.engines.avatar.drawing.face import Face, Neck
from gpu_tasks.engines.avatar.drawing.features import Features
from gpu_tasks.engines.avatar.drawing.hair import Hair
from gpu_tasks.engines.avatar.drawing.mouth import MouthDrawing
from gpu_tasks.engines.avatar.drawing.palette import Palette
from gpu_tasks.engines.avatar.drawing.sprite import Sheet, Sprite, plain_canvas
from gpu_tasks.engines.avatar.motion import Pose
from gpu_tasks.engines.avatar.visemes import Mouth

_EYES = (256.0, 228.0)
_PIVOT = (256.0, 352.0)  # where the head turns on the neck
_ROLL = 1.7
_BREATH = 2.2
# what moves little by little is kept painted in steps of less than half a pixel
_JAW_STEPS = 24
_BREATH_STEPS = 8


class Illustration:
    """One tutor, ready to be drawn. Serves several threads at once.

    Behind: the room, the hair that falls behind the neck, the body. The head is painted upright, on a
    layer of its own, and then turned as a whole.
    """

    def __init__(self, features: Features, size: int) -> None:
        palette = Palette.of(features)
        self._features = features
        self._sheet = Sheet(size)
        self._face, self._neck, self._beard = Face(features, palette), Neck(features, palette), Beard(features, palette)
        self._hair = Hair(features, palette)
        self._eyes = Eyes(features, palette)
        self._mouth = MouthDrawing(features, palette)
        self._clothes = Clothes(features)
        self._room = backdrop(features, size)
        self._fringe = Sprite.paint(self._sheet, self._head_box, self._paint_fringe)
        self._head = cache(self._paint_head)
        self._throat = cache(self._paint_throat)
        self._body = cache(self._paint_body)

    def draw(self, mouth: Mouth, pose: Pose) -> Frame:
        pixels = self._room.copy()
        canvas, plain = self._sheet.canvas(pixels), plain_canvas(pixels)
        breath = round(pose.breath * _BREATH_STEPS)
        rise = -_BREATH * pose.breath
        self._draw_hair_behind(canvas, pose, rise)
        self._throat(breath).lay(plain)
        self._draw_neck_shadow(canvas, mouth, pose)
        self._body(breath).lay(plain)
        self._turned_head(mouth, pose, rise).lay(plain)
        return cv2.cvtColor(pixels, cv2.COLOR_BGRA2RGB).astype(np.uint8, copy=False)

    @property
    def _head_box(self) -> tuple[float, float, float, float]:
        x, y = _EYES
        return x - 136, y - 190, x + 136, y + self._hair.reach

    def _turned_head(self, mouth: Mouth, pose: Pose, rise: float) -> Sprite:
        base = self._head(round(max(mouth.jaw, 0.0) * _JAW_STEPS))
        layer = Sprite(base.pixels.copy(), base.left, base.top)
        canvas = self._sheet.canvas(layer.pixels, layer.left, layer.top)
        canvas.translate(*_EYES)
        canvas.save()
        canvas.translate(3.6 * pose.yaw, 2.4 * pose.pitch)  # the face is nearer to the camera than the skull
        self._face.draw_nose(canvas, pose)
        self._face.draw_lines(canvas, mouth.wide)
        self._eyes.draw(canvas, pose, squint=max(mouth.wide, 0.0))
        self._beard.draw_moustache(canvas, mouth)
        self._mouth.draw(canvas, mouth)
        draw_glasses(canvas, self._features, pose)
        canvas.restore()
        self._fringe.lay(plain_canvas(layer.pixels), layer.left, layer.top)
        scale = self._sheet.scale
        shift = (scale * 3 * pose.yaw, scale * (2.4 * pose.pitch + 0.7 * rise))
        return layer.turned(_ROLL * pose.roll, self._sheet.at(*_PIVOT), shift)

    def _draw_hair_behind(self, canvas: Any, pose: Pose, rise: float) -> None:
        canvas.save()
        canvas.translate(_PIVOT[0] + 1.5 * pose.yaw, _PIVOT[1] + 1.5 * pose.pitch + 0.7 * rise)
        canvas.rotate(_ROLL * pose.roll)
        canvas.translate(_EYES[0] - _PIVOT[0], _EYES[1] - _PIVOT[1])
        self._hair.draw_behind_neck(canvas)
        canvas.restore()

    def _draw_neck_shadow(self, canvas: Any, mouth: Mouth, pose: Pose) -> None:
        chin = _EYES[1] + self._face.chin(mouth.jaw) + 3 * pose.pitch
        self._neck.draw_shadow(canvas, (_EYES[0] + 4 * pose.yaw, chin))

    def _paint_head(self, jaw_step: int) -> Sprite:
        jaw = jaw_step / _JAW_STEPS

        def draw(canvas: Any) -> None:
            canvas.translate(*_EYES)
            outline = self._face.outline(jaw)
            self._hair.draw_behind_face(canvas)
            if not self._hair.covers_ears:
                self._face.draw_ears(canvas)
            self._face.draw(canvas, outline, jaw)
            self._hair.draw_shadow(canvas, outline)
            self._beard.draw(canvas, outline, jaw)

        return Sprite.paint(self._sheet, self._head_box, draw)

    def _paint_fringe(self, canvas: Any) -> None:
        canvas.translate(*_EYES)
        draw_earrings(canvas, self._features)
        self._hair.draw_front(canvas)

    def _paint_throat(self, breath_step: int) -> Sprite:
        def draw(canvas: Any) -> None:
            canvas.translate(0, -_BREATH * breath_step / _BREATH_STEPS)
            self._neck.draw(canvas)

        return Sprite.paint(self._sheet, (190, 280, 322, 500), draw)

    def _paint_body(self, breath_step: int) -> Sprite:
        def draw(canvas: Any) -> None:
            canvas.translate(0, -_BREATH * breath_step / _BREATH_STEPS)
            self._clothes.draw(canvas)

        return Sprite.paint(self._sheet, (0, 330, 512, 512), draw)
