"""Glasses, earrings, beards."""

from typing import Any

import skia

from gpu_tasks.engines.avatar.drawing.eyes import APART, glint
from gpu_tasks.engines.avatar.drawing.face import EAR_X, JAW_DROP
from gpu_tasks.engines.avatar.drawing.features import Features
from gpu_tasks.engines.avatar.drawing.ink import curve, fill, line, linear, mix, rgb, shade, shape
from gpu_tasks.engines.avatar.drawing.palette import Palette
from gpu_tasks.engines.avatar.motion import Pose
from gpu_tasks.engines.avatar.visemes import Mouth


def draw_glasses(canvas: Any, features: Features, pose: Pose) -> None:
    if features.glasses == "none":
        return
    frame, high, low, corner = line(features.glasses_colour, 3.4), -22, 27, 23
    half = 27
    if features.glasses == "square":
        high, low, corner, half = -20, 22, 10, 29
    for side in (-1, 1):
        box = skia.Rect.MakeLTRB(side * APART - half, high, side * APART + half, low)
        canvas.drawRoundRect(box, corner, corner, fill("#EAF4F6", 0.07))
        glint(canvas, box)
        canvas.drawRoundRect(box, corner, corner, frame)
        canvas.drawPath(curve([(side * (APART + half), -6), (side * (EAR_X - 1) - 3.6 * pose.yaw, -9)]), frame)
    canvas.drawPath(curve([(-(APART - half), -3), (0, -7), (APART - half, -3)]), frame)


def draw_earrings(canvas: Any, features: Features) -> None:
    for side in (-1, 1):
        x = side * (EAR_X + 4)
        if features.earrings == "studs":
            canvas.drawCircle((x, 31), 4.0, fill("#E9C46A"))
            canvas.drawCircle((x - 1.2, 29.8), 1.4, fill("#FFFFFF", 0.8))
        elif features.earrings == "hoops":
            canvas.drawCircle((x, 45), 13, line("#C9973B", 3.4))
            canvas.drawArc(skia.Rect.MakeLTRB(x - 13, 32, x + 13, 58), 150, 80, False, line("#F6DC9A", 2.0))


class Beard:
    def __init__(self, features: Features, palette: Palette) -> None:
        self._kind = features.beard
        self._palette = palette
        self._colour = mix(palette.hair, palette.hair_dark, 0.12)

    def draw(self, canvas: Any, outline: Any, jaw: float) -> None:
        if self._kind == "none":
            return
        palette, down = self._palette, JAW_DROP * jaw
        edge = [(-76, 4), (-70, 30), (-58, 52), (-42, 59), (-26, 52), (-12, 51), (0, 55)]
        canvas.save()
        canvas.clipPath(outline, doAntiAlias=True)
        mask = shape(
            [(-92, 2), *edge, *[(-x, y) for x, y in edge[-2::-1]], (92, 2)], [(92, 140 + down)], [(-92, 140 + down)]
        )
        if self._kind == "stubble":
            canvas.drawPath(mask, fill(self._colour, 0.22))
            canvas.restore()
            return
        tone = linear((-60, 40), (60, 120), rgb(palette.hair_light), rgb(self._colour), rgb(palette.hair_dark))
        canvas.drawPath(mask, shade(tone))
        chin = shape(
            [(-11, 84 + down), (0, 81 + down), (11, 84 + down)], [(7, 91 + down), (-7, 91 + down), (-11, 84 + down)]
        )
        canvas.drawPath(chin, fill(palette.skin_shade, 0.7))
        for i in range(-11, 12):
            x = 6.6 * i
            top = 60 + 26 * (1 - (i / 11) ** 2) + down * 0.8
            strand = curve([(x, top), (x * 0.97, top + 12), (x * 0.90, top + 24)])
            canvas.drawPath(strand, line(palette.hair_light if i % 2 else palette.hair_dark, 1.7, 0.45))
        canvas.restore()

    def draw_moustache(self, canvas: Any, mouth: Mouth) -> None:
        if self._kind != "full":
            return
        lift = -2.0 * mouth.upper - 3 * mouth.jaw
        for side in (-1, 1):
            whisker = shape(
                [(0, 52 + lift), (side * 14, 50 + lift), (side * 30, 58), (side * 40, 72)],
                [(side * 27, 66 + lift * 0.6), (side * 12, 64.5 + lift), (0, 63.5 + lift)],
            )
            canvas.drawPath(whisker, fill(self._colour))
            canvas.drawPath(
                curve([(side * 4, 56 + lift), (side * 18, 56 + lift), (side * 33, 65)]),
                line(self._palette.hair_light, 1.7, 0.5),
            )
