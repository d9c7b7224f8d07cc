"""What a tutor wears. On the sheet; the neck has been drawn before."""

from typing import Any

from gpu_tasks.engines.avatar.drawing.features import Features
from gpu_tasks.engines.avatar.drawing.ink import (
    Point,
    curve,
    darker,
    fill,
    lighter,
    line,
    linear,
    rgb,
    shade,
    shape,
    soft,
)

_CENTRE = 256.0


class Clothes:
    def __init__(self, features: Features) -> None:
        self._cut = features.clothes
        self._colour = features.clothes_colour
        self._shirt = features.shirt_colour
        self._wide = 1.08 if features.face in ("square", "long") else 0.97

    def draw(self, canvas: Any) -> None:
        canvas.save()
        canvas.translate(_CENTRE, -10)
        {
            "cardigan": self._cardigan,
            "blouse": self._blouse,
            "jumper": self._jumper,
            "blazer": self._blazer,
            "turtleneck": self._turtleneck,
        }[self._cut](canvas)
        canvas.restore()

    def _half(self, neckline: list[Point], side: int) -> Any:
        """One half of the body, from the neck over the shoulder to the bottom and back up along `neckline`."""
        w = self._wide
        shoulder = [
            (50.0, 389.0),
            (88 * w, 402.0),
            (136 * w, 421.0),
            (166 * w, 452.0),
            (180 * w, 490.0),
            (186 * w, 530.0),
        ]
        edges = [shoulder, [(neckline[0][0], 530.0)], neckline]
        return shape(*[[(side * x, y) for x, y in edge] for edge in edges])

    def _cloth(self, colour: str) -> Any:
        return shade(
            linear((-150, 400), (170, 520), rgb(lighter(colour, 0.14)), rgb(colour), rgb(darker(colour, 0.26)))
        )

    def _folds(self, canvas: Any, colour: str) -> None:
        w = self._wide
        fold = line(darker(colour, 0.5), 2.6, 0.45)
        for side in (-1, 1):
            canvas.drawPath(curve([(side * 130 * w, 530), (side * 127 * w, 496), (side * 118 * w, 470)]), fold)
            canvas.drawPath(
                curve([(side * 96 * w, 426), (side * 112 * w, 440), (side * 120 * w, 456)]),
                line(darker(colour, 0.5), 2.0, 0.22),
            )

    def _both(self, canvas: Any, neckline: list[Point], colour: str) -> None:
        for side in (-1, 1):
            canvas.drawPath(self._half(neckline, side), self._cloth(colour))
        self._folds(canvas, colour)

    def _cardigan(self, canvas: Any) -> None:
        tee = shape([(-62, 396), (-38, 414), (0, 424), (38, 414), (62, 396)], [(70, 530)], [(-70, 530)])
        canvas.drawPath(tee, shade(linear((-60, 400), (60, 500), rgb(self._shirt), rgb(darker(self._shirt, 0.16)))))
        canvas.drawPath(
            curve([(-54, 401), (-34, 416), (0, 425), (34, 416), (54, 401)]), line(darker(self._shirt, 0.22), 2.2)
        )
        edge: list[Point] = [(16, 530), (20, 492), (34, 446), (46, 412), (50, 389)]
        for side in (-1, 1):
            canvas.drawPath(curve([(side * x - 3 * side, y) for x, y in edge]), soft("#20181C", 0.25, 3))
        self._both(canvas, edge, self._colour)
        for side in (-1, 1):
            inner = [(side * x, y) for x, y in edge]
            outer = [(side * (x + 12), y + 3) for x, y in edge[::-1]]
            canvas.drawPath(shape(inner, outer), fill(lighter(self._colour, 0.12)))
            canvas.drawPath(curve(outer), line(darker(self._colour, 0.4), 1.6, 0.6))
        for y in (470, 502):
            x = 24 if y == 502 else 32
            canvas.drawCircle(x + 3, y, 4.6, fill(darker(self._colour, 0.45)))
            canvas.drawCircle(x + 2, y - 1, 1.4, fill("#FFFFFF", 0.4))

    def _blouse(self, canvas: Any) -> None:
        edge: list[Point] = [(0, 530), (-1, 476), (20, 440), (42, 408), (50, 389)]
        self._both(canvas, edge, self._colour)
        canvas.drawPath(curve([(3, 476), (3, 530)]), line(darker(self._colour, 0.4), 2.0, 0.7))
        for side in (-1, 1):
            collar = shape(
                [(side * 40, 384), (side * 66, 398), (side * 74, 424)],
                [(side * 46, 446), (side * 8, 476)],
                [(side * 20, 440), (side * 36, 410), (side * 40, 384)],
            )
            canvas.drawPath(collar, soft("#20181C", 0.28, 4))
            canvas.drawPath(collar, fill(lighter(self._colour, 0.16 if side < 0 else 0.08)))
            canvas.drawPath(
                curve([(side * 72, 424), (side * 46, 445), (side * 9, 475)]), line(darker(self._colour, 0.3), 1.8, 0.6)
            )
        canvas.drawCircle(3, 497, 4.2, fill(lighter(self._colour, 0.45)))

    def _jumper(self, canvas: Any) -> None:
        edge: list[Point] = [(0, 530), (0, 428), (24, 422), (44, 408), (50, 389)]
        self._both(canvas, edge, self._colour)
        rim = [(-54, 396), (-44, 412), (-24, 427), (0, 432), (24, 427), (44, 412), (54, 396)]
        canvas.drawPath(curve(rim), line(darker(self._colour, 0.16), 13))
        canvas.drawPath(curve([(x * 1.06, y + 6.5) for x, y in rim]), line(darker(self._colour, 0.45), 1.6, 0.6))
        for side in (-1, 1):
            wing = shape(
                [(side * 37, 378), (side * 52, 386), (side * 59, 400)],
                [(side * 47, 437)],
                [(side * 3, 427)],
                [(side * 24, 408), (side * 37, 378)],
            )
            canvas.drawPath(wing, soft("#20181C", 0.25, 3))
            canvas.drawPath(wing, fill(self._shirt if side < 0 else darker(self._shirt, 0.05)))
            canvas.drawPath(wing, line(darker(self._shirt, 0.25), 1.4, 0.7))

    def _blazer(self, canvas: Any) -> None:
        shirt = shape([(-50, 389), (-36, 412), (0, 442), (36, 412), (50, 389)], [(64, 530)], [(-64, 530)])
        canvas.drawPath(shirt, shade(linear((-60, 400), (60, 500), rgb(self._shirt), rgb(darker(self._shirt, 0.14)))))
        canvas.drawPath(curve([(1, 440), (1, 530)]), line(darker(self._shirt, 0.25), 1.8, 0.8))
        for y in (462, 490):
            canvas.drawCircle(7, y, 2.8, fill(darker(self._shirt, 0.28)))
        for side in (-1, 1):
            collar = shape(
                [(side * 38, 382), (side * 56, 394), (side * 54, 424)],
                [(side * 32, 446), (side * 2, 440)],
                [(side * 22, 416), (side * 38, 382)],
            )
            canvas.drawPath(collar, soft("#20181C", 0.25, 3))
            canvas.drawPath(collar, fill(lighter(self._shirt, 0.5) if side < 0 else self._shirt))
            canvas.drawPath(collar, line(darker(self._shirt, 0.3), 1.5, 0.6))
        edge: list[Point] = [(12, 530), (24, 500), (44, 450), (56, 412), (54, 390)]
        self._both(canvas, edge, self._colour)
        for side in (-1, 1):
            lapel = shape(
                [(side * 54, 388), (side * 78, 412), (side * 90, 434)],
                [(side * 72, 441)],
                [(side * 82, 456)],
                [(side * 56, 494), (side * 12, 530)],
                [(side * 40, 470), (side * 54, 426), (side * 54, 388)],
            )
            canvas.drawPath(lapel, soft("#15100F", 0.35, 4))
            canvas.drawPath(lapel, fill(lighter(self._colour, 0.10 if side < 0 else 0.03)))
            canvas.drawPath(lapel, line(darker(self._colour, 0.45), 1.6, 0.7))

    def _turtleneck(self, canvas: Any) -> None:
        edge: list[Point] = [(0, 530), (0, 400), (24, 398), (42, 392), (50, 389)]
        self._both(canvas, edge, self._colour)
        roll = shape(
            [(-37, 350), (-42, 376), (-52, 400)],
            [(-28, 412), (0, 416), (28, 412), (52, 400)],
            [(42, 376), (37, 350)],
            [(20, 357), (0, 360), (-20, 357), (-37, 350)],
        )
        canvas.drawPath(
            roll, shade(linear((-50, 360), (50, 380), rgb(lighter(self._colour, 0.12)), rgb(darker(self._colour, 0.2))))
        )
        for lift in (14, 28):
            canvas.drawPath(
                curve([(-48, 366 + lift), (-24, 378 + lift), (0, 381 + lift), (24, 378 + lift), (48, 366 + lift)]),
                line(darker(self._colour, 0.45), 1.8, 0.45),
            )
