"""Eyes and brows."""

from typing import Any

import skia

from gpu_tasks.engines.avatar.drawing.features import Features
from gpu_tasks.engines.avatar.drawing.ink import curve, darker, fill, lighter, line, linear, radial, rgb, shade, shape
from gpu_tasks.engines.avatar.drawing.palette import Palette
from gpu_tasks.engines.avatar.motion import Pose

APART = 37.0
_HALF = 19.0
# half height of the open eye above and below its middle, and how far the outer corner is raised
_OPENINGS = {"round": (12.0, 8.4, 1.2), "almond": (10.6, 7.4, 2.4), "narrow": (9.0, 6.4, 2.6)}
_IRIS = 10.4


class Eyes:
    def __init__(self, features: Features, palette: Palette) -> None:
        self._palette = palette
        self._above, self._below, self._raised = _OPENINGS[features.eyes]
        self._lashes = features.lashes
        self._crease = features.eyes != "narrow"
        self._brows = features.brows

    def draw(self, canvas: Any, pose: Pose, squint: float) -> None:
        for side in (-1, 1):
            canvas.save()
            canvas.translate(side * APART, 0)
            canvas.scale(1.07 * side, 1.07)  # x > 0 is outward, for both
            self._draw_one(canvas, pose, squint, side)
            self._draw_brow(canvas, pose)
            canvas.restore()

    def _draw_one(self, canvas: Any, pose: Pose, squint: float, side: int) -> None:
        palette, half = self._palette, _HALF
        shut = pose.blink
        low = self._below * (1 - 0.12 * shut - 0.22 * squint)
        top = (
            self._above * (1 + 0.10 * max(pose.brow, 0)) * (1 - shut)
            - 0.86 * low * shut
            - 1.2 * pose.gaze_y * (1 - shut)
        )
        inner, outer = (-half, 2.6), (half, 1.2 - self._raised)
        upper = [
            inner,
            (-half * 0.58, 1.4 - 0.78 * top),
            (-1, -top),
            (half * 0.6, -0.80 * top - 0.3 * self._raised),
            outer,
        ]
        lower = [outer, (half * 0.58, 0.74 * low), (0, low), (-half * 0.6, 0.82 * low), inner]
        socket = radial((0, -4), 32, rgb(palette.skin_deep, 0.22), rgb(palette.skin_deep, 0))
        canvas.drawCircle((0, -4), 32, shade(socket))
        if shut < 0.92:
            opening = shape(upper, lower[1:])
            canvas.save()
            canvas.clipPath(opening, doAntiAlias=True)
            canvas.drawPath(opening, fill("#FCFAF6"))
            x, y = side * (6 * pose.gaze_x + 1.4 * pose.yaw) - 0.6, -1.2 + 3.2 * pose.gaze_y + 0.5 * pose.pitch
            self._draw_iris(canvas, x, y, side)
            canvas.drawPath(curve([(px, py + 2.0) for px, py in upper]), line("#2A1A24", 5.5, 0.20))
            canvas.restore()
        if shut > 0.3:
            lid = [
                (-half * 0.9, -1 - 0.5 * self._above),
                (0, -self._above * 1.12),
                (half * 0.9, -1.5 - 0.55 * self._above),
            ]
            canvas.drawPath(shape([*lid], upper[::-1]), fill(palette.skin_shade, 0.6 * shut))
        lift = 1.6 + 0.6 * (not self._lashes)
        lash = [(px, py - lift * (0.55 + 0.45 * i / 4)) for i, (px, py) in enumerate(upper)]
        wing = [(half + 4.5, -3.4 - self._raised + 3.2 * shut)] if self._lashes else []
        canvas.drawPath(shape([inner, *lash[1:], *wing], upper[::-1]), fill(palette.line))
        canvas.drawPath(curve(upper), line(palette.line, 2.0))
        canvas.drawPath(curve([(px, py + 0.6) for px, py in lower[:4]]), line(palette.skin_deep, 1.5, 0.75))
        if self._crease:
            crease = [
                (-half * 0.7, -1.6 - 0.98 * self._above),
                (0, -5.6 - self._above),
                (half * 0.72, -4.6 - 0.88 * self._above),
                (half * 1.05, -4 - self._raised),
            ]
            canvas.drawPath(curve(crease), line(palette.skin_deep, 1.8, 0.7))

    def _draw_iris(self, canvas: Any, x: float, y: float, side: int) -> None:
        iris = self._palette.iris
        canvas.drawCircle((x, y), _IRIS, fill(darker(iris, 0.55)))
        canvas.drawCircle(
            (x, y), _IRIS - 1.3, shade(linear((x, y - 9), (x, y + 9), rgb(darker(iris, 0.3)), rgb(lighter(iris, 0.25))))
        )
        canvas.drawCircle((x, y), 4.9, fill("#120C10"))
        canvas.drawCircle((x - 3.6 * side, y - 3.8), 3.0, fill("#FFFFFF"))
        canvas.drawCircle((x + 3.8 * side, y + 4.0), 1.5, fill("#FFFFFF", 0.65))

    def _draw_brow(self, canvas: Any, pose: Pose) -> None:
        y = -25.5 - 4.5 * pose.brow + 1.0 * pose.blink
        body = {
            "soft": shape(
                [(-19, y + 0.5), (-6, y - 4.0), (8, y - 4.6), (25, y + 5.5)],
                [(8, y - 0.6), (-6, y + 1.2), (-18.5, y + 5.0), (-19, y + 0.5)],
            ),
            "straight": shape(
                [(-20, y + 0.5), (-5, y - 3.0), (9, y - 3.6), (26, y + 4.5)],
                [(9, y + 1.6), (-5, y + 3.2), (-19.5, y + 6.4), (-20, y + 0.5)],
            ),
            "full": shape(
                [(-21, y - 1.0), (-6, y - 5.5), (9, y - 5.5), (27, y + 5.0)],
                [(9, y + 2.0), (-6, y + 3.6), (-20, y + 7.0), (-21, y - 1.0)],
            ),
        }[self._brows]
        canvas.drawPath(
            body, shade(linear((-20, y), (26, y), rgb(self._palette.brow, 0.92), rgb(self._palette.brow, 0.98)))
        )


def glint(canvas: Any, box: skia.Rect) -> None:
    """Light on a spectacle glass."""
    canvas.save()
    canvas.clipRRect(skia.RRect.MakeRectXY(box, 20, 20), doAntiAlias=True)
    x, y = box.left(), box.top()
    for offset, width in ((14, 7), (27, 3)):
        canvas.drawPath(
            shape(
                [(x + offset, y), (x + offset + width, y)],
                [(x + offset + width - 22, y + 50)],
                [(x + offset - 22, y + 50)],
            ),
            fill("#FFFFFF", 0.09),
        )
    canvas.restore()
