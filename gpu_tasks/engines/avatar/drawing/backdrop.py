"""The room behind a tutor. Drawn once, and a little out of focus, as a camera would have it."""

from collections.abc import Callable
from typing import Any

import cv2
import numpy as np
import skia

from gpu_tasks.engines.avatar.drawing.continents import CONTINENTS
from gpu_tasks.engines.avatar.drawing.features import Features
from gpu_tasks.engines.avatar.drawing.ink import (
    curve,
    darker,
    fill,
    glow,
    lighter,
    line,
    linear,
    mix,
    rgb,
    shade,
    shape,
)
from gpu_tasks.engines.avatar.drawing.sprite import Pixels, plain_canvas

_BOOKS = ("#C9654F", "#E2A84E", "#5C8C86", "#44627F", "#D9C7A0", "#8A6A8F", "#7A9A62", "#B8574B", "#EAE0CC", "#35566B")


def backdrop(features: Features, size: int) -> Pixels:
    """The whole picture, without anybody in it."""
    pixels = np.zeros((size, size, 4), np.uint8)
    canvas = plain_canvas(pixels)
    canvas.scale(size / 512, size / 512)
    _ROOMS[features.background](canvas, features.background_colour)
    blurred = cv2.GaussianBlur(pixels, (0, 0), 2.2 * size / 512)
    return blurred.astype(np.uint8, copy=False)


def _wall(canvas: Any, colour: str) -> None:
    canvas.drawRect(
        skia.Rect.MakeWH(512, 512),
        shade(linear((0, 0), (420, 512), rgb(lighter(colour, 0.45)), rgb(colour), rgb(darker(colour, 0.14)))),
    )


def _plain(canvas: Any, colour: str) -> None:
    _wall(canvas, colour)
    glow(canvas, (200, 170), 330, lighter(colour, 0.8), 0.8)


def _bookshelves(canvas: Any, colour: str) -> None:
    wood = "#9A6B45"
    canvas.drawRect(skia.Rect.MakeWH(512, 512), fill(darker(mix(wood, colour, 0.35), 0.35)))
    dice = np.random.default_rng(5)
    for top in (-34, 84, 202, 320, 438):
        floor = top + 106
        x = 8.0
        while x < 500:
            kind = dice.random()
            if kind < 0.07:
                x += dice.uniform(10, 26)
                continue
            width, height = dice.uniform(11, 23), dice.uniform(62, 92)
            book = skia.Rect.MakeLTRB(x, floor - height, x + width, floor)
            cover = _BOOKS[int(dice.integers(len(_BOOKS)))]
            canvas.drawRoundRect(
                book,
                2,
                2,
                shade(linear((x, 0), (x + width, 0), rgb(lighter(cover, 0.12)), rgb(cover), rgb(darker(cover, 0.25)))),
            )
            for band in (0.16, 0.80):
                y = floor - height * (1 - band)
                canvas.drawRect(skia.Rect.MakeLTRB(x, y, x + width, y + 3), fill(lighter(cover, 0.5), 0.7))
            x += width + 1.2
        canvas.drawRect(
            skia.Rect.MakeLTRB(0, floor, 512, floor + 12),
            shade(linear((0, floor), (0, floor + 12), rgb(lighter(wood, 0.2)), rgb(wood))),
        )
        canvas.drawRect(
            skia.Rect.MakeLTRB(0, floor + 12, 512, floor + 30),
            shade(linear((0, floor + 12), (0, floor + 30), rgb("#1A0E08", 0.5), rgb("#1A0E08", 0))),
        )
    canvas.drawRect(skia.Rect.MakeWH(512, 512), fill(colour, 0.42))
    glow(canvas, (130, 90), 380, "#FFF3DC", 0.5)


def _world_map(canvas: Any, colour: str) -> None:
    _wall(canvas, colour)
    land = mix(colour, "#4E8F7A", 0.55)
    for outline in CONTINENTS:
        points = [(256 + longitude * 1.62, 214 - latitude * 2.35) for longitude, latitude in outline]
        canvas.drawPath(curve(points, closed=True), fill(land, 0.85))
        canvas.drawPath(curve(points, closed=True), line(lighter(land, 0.5), 1.6, 0.8))
    grid = line(darker(colour, 0.2), 1.2, 0.35)
    for step in range(-3, 4):
        canvas.drawPath(curve([(256 + step * 84, -10), (256 + step * 92, 214), (256 + step * 84, 520)]), grid)
        canvas.drawLine(0, 214 + step * 78, 512, 214 + step * 78, grid)
    glow(canvas, (150, 110), 360, "#FFFFFF", 0.35)


def _window(canvas: Any, colour: str) -> None:
    _wall(canvas, colour)
    glass = skia.Rect.MakeLTRB(-30, -20, 196, 330)
    canvas.drawRect(glass, shade(linear((0, 0), (0, 330), rgb("#BFE0F2"), rgb("#EAF6F4"), rgb("#CFE6C8"))))
    canvas.save()
    canvas.clipRect(glass)
    for x, y, r in ((20, 300, 70), (90, 318, 60), (160, 300, 66), (60, 270, 44)):
        canvas.drawCircle(x, y, r, fill("#8DBB86", 0.75))
    canvas.restore()
    canvas.drawRect(skia.Rect.MakeLTRB(-30, 330, 214, 350), fill("#F6EFE3"))
    frame = line("#F9F4EA", 13)
    for x in (82, 196):
        canvas.drawLine(x, -20, x, 332, frame)
    canvas.drawLine(-30, 150, 196, 150, frame)
    canvas.drawRect(skia.Rect.MakeLTRB(386, 236, 520, 246), fill("#B98A5E"))
    canvas.drawPath(shape([(414, 190), (466, 190)], [(458, 236)], [(422, 236)]), fill("#D98C5F"))
    for angle, reach in ((-64, 74), (-34, 92), (-6, 108), (20, 98), (46, 84), (70, 66)):
        canvas.save()
        canvas.translate(440, 194)
        canvas.rotate(angle)
        canvas.drawPath(
            shape([(0, 0), (-15, -reach * 0.5), (0, -reach)], [(15, -reach * 0.5), (0, 0)]),
            fill("#5E9C6B" if angle % 4 else "#7BB37C"),
        )
        canvas.restore()
    canvas.drawRoundRect(skia.Rect.MakeLTRB(380, 20, 470, 84), 4, 4, fill("#FFFFFF"))
    canvas.drawRoundRect(
        skia.Rect.MakeLTRB(388, 28, 462, 76), 2, 2, shade(linear((388, 28), (462, 76), rgb("#F2C879"), rgb("#DE8E6B")))
    )
    glow(canvas, (60, 80), 400, "#FFF7DF", 0.55)


def _chalkboard(canvas: Any, colour: str) -> None:
    canvas.drawRect(
        skia.Rect.MakeWH(512, 512),
        shade(linear((0, 0), (500, 512), rgb(lighter("#35584C", 0.14)), rgb("#2E4E44"), rgb("#223B34"))),
    )
    chalk = line("#EAF2EC", 3.2, 0.55)
    axes = [[(40, 60), (40, 190)], [(28, 178), (160, 178)]]
    for axis in axes:
        canvas.drawPath(curve(axis), chalk)
    canvas.drawPath(curve([(44, 170), (74, 160), (104, 122), (130, 70)]), line("#F4D58A", 3.2, 0.7))
    canvas.drawPath(shape([(372, 62), (470, 62)], [(420, 148)], [(372, 62)]), chalk)
    canvas.drawCircle(450, 250, 40, chalk)
    canvas.drawLine(450, 250, 486, 232, chalk)
    for i, y in enumerate((250, 274, 298)):
        canvas.drawPath(curve([(20, y), (50, y - 4), (80, y + 3), (110 + 12 * i, y - 2)]), line("#EAF2EC", 3.0, 0.4))
    canvas.drawRect(
        skia.Rect.MakeLTRB(0, 436, 512, 456), shade(linear((0, 436), (0, 456), rgb("#C89A68"), rgb("#9A6B45")))
    )
    canvas.drawRect(skia.Rect.MakeLTRB(0, 456, 512, 512), fill(darker(colour, 0.1)))
    glow(canvas, (150, 100), 380, "#FFFBE8", 0.2)


_ROOMS: dict[str, Callable[[Any, str], None]] = {
    "plain": _plain,
    "bookshelves": _bookshelves,
    "world_map": _world_map,
    "window": _window,
    "chalkboard": _chalkboard,
}
