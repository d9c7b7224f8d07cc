"""The lips and what is seen between them."""

from typing import Any

import skia

from gpu_tasks.engines.avatar.drawing.features import Features
from gpu_tasks.engines.avatar.drawing.ink import curve, fill, line, linear, rgb, shade, shape
from gpu_tasks.engines.avatar.drawing.palette import Palette
from gpu_tasks.engines.avatar.visemes import Mouth

CENTRE_Y = 70.0
"""Of the closed lips, below the eyes."""

_HALF_WIDTH = 31.0
_DROP = 34.0  # of the lower lip with the jaw wide open


class MouthDrawing:
    def __init__(self, features: Features, palette: Palette) -> None:
        self._palette = palette
        full = 1.12 if features.lips != "natural" or features.skin in ("brown", "deep") else 1.0
        self._upper_lip = 5.6 * full * (0.8 if features.beard != "none" else 1.0)
        self._lower_lip = 8.2 * full
        self._teeth = fill("#FBF8F2")

    def draw(self, canvas: Any, mouth: Mouth) -> None:
        jaw, wide, upper, lower, press, _ = mouth
        spread, pucker = max(wide, 0.0), max(-wide, 0.0)
        half = _HALF_WIDTH * (1 + 0.20 * spread - 0.46 * pucker) * (1 - 0.06 * jaw)
        smile = 6.4 * (1 - 0.55 * jaw) * (1 - 0.9 * pucker) * (1 + 0.5 * spread)
        gap = max(0.0, _DROP * jaw * (1 - 0.12 * spread) + 6 * upper + 6 * max(lower, 0.0) - 9 * press)
        tuck = max(-lower, 0.0)
        top = 1.4 - 0.20 * gap - 3.0 * upper
        bottom = max(top, 1.4 + 0.80 * gap - 6 * tuck)
        corner = -smile + 0.16 * gap
        thin = 1 - 0.72 * press
        above = self._upper_lip * thin * (1 + 0.55 * pucker - 0.15 * spread)
        below = self._lower_lip * thin * (1 + 0.35 * pucker - 0.15 * spread - 1.6 * tuck)
        round_ = 0.62 + 0.16 * pucker + 0.08 * jaw

        canvas.save()
        canvas.translate(0, CENTRE_Y)
        self._cast_shadow(canvas, half, bottom + below)
        inner_top = [
            (-half, corner),
            (-half * round_, (top + corner * 0.35) * 0.9),
            (0.0, top + 0.5 * thin * (1 - jaw)),
            (half * round_, (top + corner * 0.35) * 0.9),
            (half, corner),
        ]
        inner_bottom = [
            (half, corner),
            (half * round_, bottom * 0.84 + corner * 0.16),
            (0.0, bottom),
            (-half * round_, bottom * 0.84 + corner * 0.16),
            (-half, corner),
        ]
        rim = half + 2.6
        outer_top = [
            (-rim, corner - 0.3),
            (-half * 0.60, top * 0.86 + corner * 0.2 - above * 0.80),
            (-half * 0.24, top - above * 1.18),
            (0.0, top - above * 0.88),
            (half * 0.24, top - above * 1.18),
            (half * 0.60, top * 0.86 + corner * 0.2 - above * 0.80),
            (rim, corner - 0.3),
        ]
        outer_bottom = [
            (rim, corner - 0.3),
            (half * 0.68, bottom * 0.86 + corner * 0.14 + below * 0.72),
            (half * 0.24, bottom + below * 1.02),
            (-half * 0.24, bottom + below * 1.02),
            (-half * 0.68, bottom * 0.86 + corner * 0.14 + below * 0.72),
            (-rim, corner - 0.3),
        ]
        palette = self._palette
        lips = shape(outer_top, outer_bottom[1:])
        canvas.drawPath(
            lips, shade(linear((0, bottom - 1), (0, bottom + below), rgb(palette.lip_lower), rgb(palette.lip_upper)))
        )
        canvas.drawPath(shape(outer_top, inner_top[::-1]), fill(palette.lip_upper))
        if gap > 0.8:
            self._inside(canvas, shape(inner_top, inner_bottom[1:]), half, top, bottom, gap, mouth)
        else:
            canvas.drawPath(curve(inner_top), line(palette.lip_line, 2.1))
        shine = line("#FFFFFF", 2.2, 0.20 * thin)
        canvas.drawPath(
            curve(
                [
                    (-half * 0.3, bottom + below * 0.46),
                    (0.0, bottom + below * 0.54),
                    (half * 0.3, bottom + below * 0.46),
                ]
            ),
            shine,
        )
        dimple = line(palette.skin_deep, 1.8, 0.55)
        for side in (-1, 1):
            canvas.drawPath(
                curve([(side * (rim + 0.5), corner - 4), (side * (rim + 3), corner), (side * (rim + 1.5), corner + 4)]),
                dimple,
            )
        canvas.restore()

    def _cast_shadow(self, canvas: Any, half: float, under: float) -> None:
        crease = shade(
            skia.GradientShader.MakeRadial(
                (0, 0), 1.0, [rgb(self._palette.skin_deep, 0.5), rgb(self._palette.skin_deep, 0)]
            )
        )
        canvas.save()
        canvas.translate(0, under + 4.5)
        canvas.scale(half * 0.75, 5.5)
        canvas.drawCircle((0, 0), 1.0, crease)
        canvas.restore()

    def _inside(
        self, canvas: Any, opening: Any, half: float, top: float, bottom: float, gap: float, mouth: Mouth
    ) -> None:
        canvas.save()
        canvas.clipPath(opening, doAntiAlias=True)
        canvas.drawPath(opening, shade(linear((0, top), (0, bottom), rgb("#35100F"), rgb("#6E2327"))))
        pucker, spread = max(-mouth.wide, 0.0), max(mouth.wide, 0.0)
        if mouth.jaw > 0.14 or mouth.tongue > 0.25:
            up = (0.20 + 0.10 * mouth.jaw + 0.55 * max(mouth.tongue - 0.15, 0.0)) * gap
            tongue = skia.Rect.MakeLTRB(-half * 0.66, bottom - up, half * 0.66, bottom + 22)
            canvas.drawOval(tongue, shade(linear((0, bottom - up), (0, bottom + 4), rgb("#E38580"), rgb("#B9504F"))))
        closeness = max(0.0, 1 - mouth.jaw / 0.40) * (1 - pucker)  # of the two rows of teeth
        if mouth.lower > 0.07 and closeness:
            height = min(0.34 * gap, 4.5) * (0.4 + spread) * closeness
            row = skia.Rect.MakeLTRB(-half * 0.6, bottom - height, half * 0.6, bottom + 9)
            canvas.drawRoundRect(row, 4, 4, fill("#EAE3D8"))
        shown = max(0.0, 1 - 1.5 * pucker)
        if shown:
            height = (min(0.46 * gap, 7.5) + 3.5 * max(-mouth.lower, 0.0) * gap) * shown + 1.2 * shown
            edge = half * 0.76
            teeth = shape(
                [(-edge, top - 12), (edge, top - 12)],
                [(edge, top + height * 0.30), (edge * 0.62, top + height * 0.88), (0, top + height * 1.08),
                 (-edge * 0.62, top + height * 0.88), (-edge, top + height * 0.30)],
            )  # fmt: skip
            canvas.drawPath(teeth, self._teeth)
            corners = linear((-edge, 0), (edge, 0), *(rgb("#5A2A22", alpha) for alpha in (0.42, 0.0, 0.0, 0.0, 0.42)))
            canvas.drawPath(teeth, shade(corners))
            canvas.drawRect(skia.Rect.MakeLTRB(-half, top - 6, half, top + 2.2), fill("#5A1F22", 0.22))
        canvas.restore()
