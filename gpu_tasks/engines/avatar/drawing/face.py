"""The head without its hair: outline, ears, nose, cheeks, the neck below."""

from typing import Any

import skia

from gpu_tasks.engines.avatar.drawing.features import Features
from gpu_tasks.engines.avatar.drawing.ink import (
    Point,
    curve,
    fill,
    glow,
    line,
    linear,
    mirrored,
    radial,
    rgb,
    shade,
    shape,
)
from gpu_tasks.engines.avatar.drawing.palette import Palette
from gpu_tasks.engines.avatar.motion import Pose

# The right half from the crown to the chin, around the point between the eyes, and how far each point
# goes down with the jaw.
_OUTLINES: dict[str, list[tuple[float, float, float]]] = {
    "oval": [(0, -116, 0), (46, -106, 0), (74, -70, 0), (80, -20, 0), (77, 24, 0.05), (66, 64, 0.35), (45, 95, 0.8),
             (20, 110, 1), (0, 113, 1)],
    "heart": [(0, -116, 0), (48, -106, 0), (77, -70, 0), (81, -22, 0), (76, 22, 0.05), (60, 64, 0.35), (38, 95, 0.8),
              (16, 110, 1), (0, 112, 1)],
    "square": [(0, -116, 0), (47, -107, 0), (75, -72, 0), (79, -20, 0), (76, 26, 0.05), (68, 66, 0.35), (49, 96, 0.8),
               (23, 113, 1), (0, 116, 1)],
    "long": [(0, -118, 0), (44, -107, 0), (71, -72, 0), (76, -20, 0), (74, 28, 0.05), (65, 70, 0.35), (44, 103, 0.8),
             (20, 119, 1), (0, 122, 1)],
}  # fmt: skip
JAW_DROP = 10.0
EAR_X = 78.0


class Face:
    def __init__(self, features: Features, palette: Palette) -> None:
        self._palette = palette
        self._outline = _OUTLINES[features.face]
        self._lines = features.lines
        self._bearded = features.beard == "full"
        self._broad = features.skin in ("brown", "deep")

    def outline(self, jaw: float) -> Any:
        return curve(mirrored([(x, y + JAW_DROP * jaw * share) for x, y, share in self._outline]), closed=True)

    def chin(self, jaw: float) -> float:
        return self._outline[-1][1] + JAW_DROP * jaw

    def draw_ears(self, canvas: Any) -> None:
        skin, deep = fill(self._palette.skin), line(self._palette.skin_deep, 2.2, 0.7)
        for side in (-1, 1):
            canvas.save()
            canvas.translate(side * EAR_X, 12)
            canvas.scale(side, 1)
            canvas.drawPath(curve([(-4, -22), (8, -25), (15, -12), (12, 6), (6, 20), (-3, 22)], closed=True), skin)
            canvas.drawPath(curve([(2, -15), (8, -15), (9, -4), (4, 6)]), deep)
            canvas.restore()

    def draw(self, canvas: Any, outline: Any, jaw: float) -> None:
        palette = self._palette
        canvas.drawPath(outline, shade(radial((-24, -24), 150, rgb(palette.skin_light), rgb(palette.skin))))
        canvas.save()
        canvas.clipPath(outline, doAntiAlias=True)
        canvas.drawRect(
            skia.Rect.MakeLTRB(-90, -120, 90, 130),
            shade(linear((30, 0), (86, 14), rgb(palette.skin_shade, 0), rgb(palette.skin_shade, 0.75))),
        )
        canvas.drawRect(
            skia.Rect.MakeLTRB(-90, -120, 0, 130),
            shade(linear((-56, 0), (-84, 0), rgb(palette.skin_shade, 0), rgb(palette.skin_shade, 0.4))),
        )
        chin = self.chin(jaw)
        canvas.drawRect(
            skia.Rect.MakeLTRB(-90, chin - 34, 90, chin + 2),
            shade(linear((0, chin - 30), (0, chin), rgb(palette.skin_shade, 0), rgb(palette.skin_shade, 0.55))),
        )
        for x in (-47, 47):
            glow(canvas, (x, 43), 27, palette.blush, 0.42 if not self._broad else 0.34)
        canvas.restore()

    def draw_nose(self, canvas: Any, pose: Pose) -> None:
        palette = self._palette
        wide = 1.18 if self._broad else 1.0
        canvas.save()
        canvas.translate(1.6 * pose.yaw, 0.8 * pose.pitch)
        side = shape([(5, -14), (9, 8), (13 * wide, 30), (15 * wide, 41), (6, 44)], [(8, 30), (4, 8), (5, -14)])
        canvas.drawPath(
            side, shade(linear((4, 0), (15, 4), rgb(palette.skin_shade, 0.10), rgb(palette.skin_shade, 0.75)))
        )
        under = shape(
            [(-13 * wide, 38), (-7, 42), (0, 45), (7, 42), (13 * wide, 38)],
            [(11 * wide, 45), (4, 49), (-4, 49), (-11 * wide, 45), (-13 * wide, 38)],
        )
        canvas.drawPath(under, fill(palette.skin_deep, 0.55))
        for x in (-7.0 * wide, 7.0 * wide):
            canvas.drawOval(skia.Rect.MakeLTRB(x - 3.4, 41.6, x + 3.4, 45.4), fill(palette.skin_deep, 0.9))
        wing = line(palette.skin_deep, 2.0, 0.55)
        for s in (-1, 1):
            canvas.drawPath(curve([(s * 13.5 * wide, 33), (s * 16 * wide, 39), (s * 12.5 * wide, 44)]), wing)
        glow(canvas, (-2.5, 33), 9, palette.skin_light, 0.95)
        canvas.restore()

    def draw_lines(self, canvas: Any, mouth_wide: float) -> None:
        """Between nose and mouth; with the years also on the brow and beside the eyes."""
        palette = self._palette
        strength = (0.5 if self._lines else 0.16) + 0.2 * max(mouth_wide, 0)
        for side in (-1, 1):
            fold: list[Point] = [(side * 21, 42), (side * 32, 54), (side * 37, 70)]
            canvas.drawPath(curve(fold[: 2 if self._bearded else 3]), line(palette.skin_deep, 2.0, strength))
            if self._lines:
                for dy, reach in ((-3, 66), (3, 67), (9, 65)):
                    canvas.drawPath(
                        curve([(side * 59, dy * 0.6 + 2), (side * reach, dy + 3)]), line(palette.skin_deep, 1.5, 0.45)
                    )
                canvas.drawPath(
                    curve([(side * 24, 17), (side * 36, 21), (side * 48, 17)]), line(palette.skin_deep, 1.6, 0.4)
                )
        if self._lines:
            for y, reach in ((-62, 30), (-52, 36)):
                canvas.drawPath(
                    curve([(-reach, y + 2), (-reach / 2, y - 1), (reach / 2, y - 1), (reach, y + 2)]),
                    line(palette.skin_deep, 1.6, 0.32),
                )


class Neck:
    """Stands with the body; the head moves above it and casts its shadow on it. On the sheet, not around the eyes."""

    def __init__(self, features: Features, palette: Palette) -> None:
        half = 39.0 if features.face in ("square", "long") else 34.0
        right = [(half, 290.0), (half - 1, 346.0), (half + 5, 372.0), (half + 20, 392.0), (30.0, 440.0), (0.0, 478.0)]
        self._path = shape(
            [(256 - x, y) for x, y in right[:4]],
            [(256 - x, y) for x, y in right[4:]],
            [(256 + x, y) for x, y in right[4:5]],
            [(256 + x, y) for x, y in right[3::-1]],
        )
        self._palette = palette

    def draw(self, canvas: Any) -> None:
        canvas.drawPath(
            self._path, shade(linear((200, 330), (312, 350), rgb(self._palette.skin), rgb(self._palette.skin_shade)))
        )
        collarbone = line(self._palette.skin_deep, 2.2, 0.35)
        for side in (-1, 1):
            canvas.drawPath(curve([(256 + side * 10, 424), (256 + side * 30, 413), (256 + side * 60, 408)]), collarbone)

    def draw_shadow(self, canvas: Any, chin: Point) -> None:
        x, y = chin
        shadow = shape(
            [
                (x - 70, y - 60),
                (x - 52, y - 6),
                (x - 22, y + 22),
                (x + 6, y + 27),
                (x + 34, y + 20),
                (x + 60, y - 10),
                (x + 70, y - 60),
            ],
            [(x - 70, y - 60)],
        )
        on_skin = skia.Op(shadow, self._path, skia.PathOp.kIntersect_PathOp)
        canvas.drawPath(on_skin, fill(self._palette.skin_deep, 0.62))
