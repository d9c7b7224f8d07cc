"""Hair, in front of the face and behind it. Around the point between the eyes, as the face."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import skia

from gpu_tasks.engines.avatar.drawing.features import Features
from gpu_tasks.engines.avatar.drawing.hairstyles import STYLES, Curl
from gpu_tasks.engines.avatar.drawing.ink import curve, fill, line, linear, mix, rgb, shade
from gpu_tasks.engines.avatar.drawing.palette import Palette


class Hair:
    def __init__(self, features: Features, palette: Palette) -> None:
        self._style = STYLES[features.hair]()
        self._palette = palette
        self._paint = shade(
            linear(
                (-70, -130),
                (70, 110),
                rgb(palette.hair_light),
                rgb(palette.hair),
                rgb(palette.hair),
                rgb(palette.hair_dark),
            )
        )
        self._locks = [lock.path() for lock in self._style.locks]
        self._curls = _outline(self._style.curly)
        self._curls_back = _outline(self._style.curly_back)
        self._paint_behind = fill(palette.hair_dark)
        if self._curls:
            self._paint = shade(
                linear(
                    (-90, -130),
                    (90, 40),
                    rgb(mix(palette.hair, palette.hair_light, 0.5)),
                    rgb(palette.hair),
                    rgb(palette.hair_dark),
                )
            )
        self.covers_ears = self._style.covers_ears
        self.reach = self._style.reach

    def draw_behind_neck(self, canvas: Any) -> None:
        for path in self._style.back:
            canvas.drawPath(path, self._paint_behind)

    def draw_behind_face(self, canvas: Any) -> None:
        if self._curls_back:
            canvas.drawPath(self._curls_back, self._paint)
            self._twirl(canvas, self._style.curly_back, 11)

    def draw_shadow(self, canvas: Any, face: Any) -> None:
        """Of the hair in front, on the face."""
        canvas.save()
        canvas.clipPath(face, doAntiAlias=True)
        canvas.translate(2.5, 7)
        paint = fill(self._palette.skin_deep, 0.42)
        for path in self._fronts():
            canvas.drawPath(path, paint)
        canvas.restore()

    def draw_front(self, canvas: Any) -> None:
        for path in self._fronts():
            canvas.drawPath(path, self._paint)
        for lock in self._style.locks:
            for i in range(1, lock.strands + 1):
                share = i / (lock.strands + 1)
                light = i % 2
                canvas.drawPath(
                    lock.strand(share),
                    line(
                        self._palette.hair_light if light else self._palette.hair_dark,
                        2.0 if light else 2.6,
                        0.42 if light else 0.38,
                    ),
                )
        for i, sweep in enumerate(self._style.sweeps):
            canvas.drawPath(
                curve(sweep), line(self._palette.hair_light if i % 2 else self._palette.hair_dark, 2.2, 0.5)
            )
        if self._curls:
            self._twirl(canvas, self._style.curly, 12)

    def _fronts(self) -> list[Any]:
        return [*self._style.caps, *self._locks, *([self._curls] if self._curls else [])]

    def _twirl(self, canvas: Any, curls: Sequence[Curl], seed: int) -> None:
        dice = np.random.default_rng(seed)
        for x, y, radius in curls:
            for _ in range(4):
                cx, cy = x + dice.uniform(-0.5, 0.5) * radius, y + dice.uniform(-0.5, 0.5) * radius
                r, start = dice.uniform(0.22, 0.5) * radius, dice.uniform(0, 360)
                light = dice.random() < 0.55
                canvas.drawArc(
                    skia.Rect.MakeLTRB(cx - r, cy - r, cx + r, cy + r),
                    start,
                    dice.uniform(140, 260),
                    False,
                    line(self._palette.hair_light if light else self._palette.hair_dark, 2.2, 0.34 if light else 0.7),
                )


def _outline(curls: Sequence[Curl]) -> Any:
    if not curls:
        return None
    path = skia.Path()
    for x, y, radius in curls:
        path.addCircle(x, y, radius)
    return path
