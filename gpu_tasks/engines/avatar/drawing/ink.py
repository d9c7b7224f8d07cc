"""Colours, curves and paints: the few words the drawing is made of. Everything is in units of a 512 x 512 sheet."""

from collections.abc import Sequence
from typing import Any

import skia

Point = tuple[float, float]


def rgb(colour: str, alpha: float = 1.0) -> int:
    """`colour`: "#RRGGBB"."""
    red, green, blue = (int(colour[i : i + 2], 16) for i in (1, 3, 5))
    return int(skia.Color(red, green, blue, round(255 * alpha)))


def mix(a: str, b: str, share: float) -> str:
    """`share` 0 gives a, 1 gives b."""
    channels = (round(int(a[i : i + 2], 16) * (1 - share) + int(b[i : i + 2], 16) * share) for i in (1, 3, 5))
    return "#{:02X}{:02X}{:02X}".format(*channels)


def darker(colour: str, share: float) -> str:
    return mix(colour, "#1A0F1E", share)


def lighter(colour: str, share: float) -> str:
    return mix(colour, "#FFF6E8", share)


def fill(colour: str, alpha: float = 1.0) -> Any:
    return skia.Paint(AntiAlias=True, Color=rgb(colour, alpha))


def shade(shader: Any) -> Any:
    return skia.Paint(AntiAlias=True, Shader=shader)


def soft(colour: str, alpha: float, blur: float) -> Any:
    paint = fill(colour, alpha)
    paint.setMaskFilter(skia.MaskFilter.MakeBlur(skia.kNormal_BlurStyle, blur))
    return paint


def line(colour: str, width: float, alpha: float = 1.0) -> Any:
    return skia.Paint(
        AntiAlias=True,
        Color=rgb(colour, alpha),
        Style=skia.Paint.kStroke_Style,
        StrokeWidth=width,
        StrokeCap=skia.Paint.kRound_Cap,
        StrokeJoin=skia.Paint.kRound_Join,
    )


def linear(start: Point, end: Point, *colours: int) -> Any:
    return skia.GradientShader.MakeLinear([start, end], list(colours))


def radial(centre: Point, radius: float, *colours: int) -> Any:
    return skia.GradientShader.MakeRadial(centre, radius, list(colours))


def glow(canvas: Any, centre: Point, radius: float, colour: str, alpha: float) -> None:
    """A soft spot that fades to nothing at `radius`."""
    canvas.drawCircle(centre, radius, shade(radial(centre, radius, rgb(colour, alpha), rgb(colour, 0))))


def curve(points: Sequence[Point], *, closed: bool = False) -> Any:
    """A smooth path through all of `points` (Catmull-Rom)."""
    path = skia.Path()
    _run(path, points, closed=closed, move=True)
    if closed:
        path.close()
    return path


def shape(*edges: Sequence[Point]) -> Any:
    """A closed path of smooth edges that meet in corners; each edge begins where the one before ended."""
    path = skia.Path()
    last: Sequence[Point] = ()
    for edge in edges:
        _run(path, [*last, *edge], closed=False, move=not last)
        last = edge[-1:]
    path.close()
    return path


def mirrored(right: Sequence[Point]) -> list[Point]:
    """A whole outline from its right half, given from the top to the bottom of the axis x = 0."""
    left = [(-x, y) for x, y in reversed(right) if x]
    return [*right, *left]


def _run(path: Any, points: Sequence[Point], *, closed: bool, move: bool) -> None:
    if move:
        path.moveTo(*points[0])
    count = len(points)
    for i in range(count if closed else count - 1):
        before, start, end, after = (
            points[k % count] if closed else points[min(max(k, 0), count - 1)] for k in (i - 1, i, i + 1, i + 2)
        )
        path.cubicTo(
            start[0] + (end[0] - before[0]) / 6,
            start[1] + (end[1] - before[1]) / 6,
            end[0] - (after[0] - start[0]) / 6,
            end[1] - (after[1] - start[1]) / 6,
            end[0],
            end[1],
        )
