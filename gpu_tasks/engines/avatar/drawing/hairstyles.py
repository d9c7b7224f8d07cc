"""How each hair style is cut. Around the point between the eyes, as the face."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from gpu_tasks.engines.avatar.drawing.ink import Point, curve, mirrored, shape

Curl = tuple[float, float, float]
"""x, y, radius."""


@dataclass(frozen=True)
class Lock:
    """Hair between two edges that run the same way; its strands run between them."""

    outer: Sequence[Point]
    inner: Sequence[Point]
    strands: int = 5

    def path(self) -> Any:
        return shape(self.outer, list(self.inner)[::-1])

    def strand(self, share: float) -> Any:
        return curve(
            [
                (a[0] * (1 - share) + b[0] * share, a[1] * (1 - share) + b[1] * share)
                for a, b in zip(self.outer, self.inner, strict=True)
            ]
        )


@dataclass(frozen=True)
class Style:
    back: Sequence[Any] = ()
    locks: Sequence[Lock] = ()
    caps: Sequence[Any] = ()
    """Paths in front without strands of their own."""
    sweeps: Sequence[Sequence[Point]] = ()
    """Single strands on the caps."""
    covers_ears: bool = False
    reach: float = 140.0
    """How far below the eyes it hangs in front."""
    curly: Sequence[Curl] = ()
    curly_back: Sequence[Curl] = ()


def _flip(points: Sequence[Point]) -> list[Point]:
    return [(-x, y) for x, y in points]


def _bob() -> Style:
    back = curve(
        mirrored([(0, -132), (62, -120), (98, -70), (105, 0), (107, 60), (101, 104), (84, 128), (50, 132), (0, 128)]),
        closed=True,
    )
    right = Lock(
        outer=[(-22, -131), (34, -139), (86, -98), (104, -34), (108, 36), (104, 92), (84, 124)],
        inner=[(-24, -104), (2, -88), (44, -62), (70, -26), (75, 20), (74, 66), (72, 112)],
        strands=7,
    )
    left = Lock(
        outer=[(-22, -131), (-64, -125), (-95, -86), (-105, -28), (-108, 36), (-104, 92), (-84, 124)],
        inner=[(-24, -104), (-44, -86), (-62, -60), (-72, -24), (-75, 20), (-74, 66), (-72, 112)],
        strands=5,
    )
    return Style(back=[back], locks=[left, right], covers_ears=True)


def _long() -> Style:
    back = curve(
        mirrored([(0, -134), (64, -122), (100, -70), (108, 0), (116, 80), (132, 160), (136, 230), (80, 262), (0, 262)]),
        closed=True,
    )
    side = Lock(
        outer=[(0, -134), (62, -126), (98, -78), (109, -6), (112, 70), (128, 142), (126, 212), (104, 238)],
        inner=[(0, -108), (34, -86), (60, -48), (73, 6), (77, 66), (84, 132), (90, 196), (104, 238)],
        strands=7,
    )
    return Style(
        back=[back], locks=[Lock(_flip(side.outer), _flip(side.inner), 7), side], covers_ears=True, reach=245.0
    )


def _tousled() -> Style:
    outer = [
        (-79, 12),
        (-85, -24),
        (-90, -62),
        (-78, -108),
        (-40, -136),
        (6, -145),
        (50, -134),
        (82, -102),
        (90, -60),
        (85, -24),
        (79, 12),
    ]
    fringe = [
        [(76, -10), (74, -34), (66, -54)],
        [(58, -46), (42, -35)],
        [(48, -50), (47, -64)],
        [(34, -47), (14, -38)],
        [(22, -53), (22, -66)],
        [(8, -52), (-14, -45)],
        [(-6, -58), (-8, -71)],
        [(-22, -60), (-44, -54)],
        [(-36, -66), (-39, -76)],
        [(-57, -62), (-71, -42)],
        [(-75, -28), (-76, -6), (-79, 12)],
    ]
    cap = shape(outer, *fringe)
    sweeps = [
        [(-26, -134), (16, -116), (46, -84), (50, -52)],
        [(-28, -132), (0, -112), (24, -86), (26, -54)],
        [(-30, -130), (-14, -108), (-2, -84), (-3, -60)],
        [(-32, -128), (-34, -106), (-32, -86), (-34, -66)],
        [(-36, -126), (-54, -106), (-62, -84), (-64, -58)],
        [(-20, -137), (34, -122), (64, -92), (66, -62)],
        [(-14, -140), (46, -128), (78, -94), (80, -46)],
        [(-42, -124), (-70, -100), (-82, -72), (-82, -40)],
    ]
    return Style(caps=[cap], sweeps=sweeps)


def _swept() -> Style:
    cap = shape(
        [
            (-80, 8),
            (-87, -22),
            (-90, -60),
            (-74, -104),
            (-36, -130),
            (14, -138),
            (60, -124),
            (86, -88),
            (90, -50),
            (86, -18),
            (80, 8),
        ],
        [(76, -12), (72, -44), (58, -72)],
        [(30, -84), (-8, -92), (-42, -96)],
        [(-58, -74), (-72, -44), (-76, -12), (-80, 8)],
    )
    sweeps = [
        [(-42, -98), (-16, -116), (24, -122), (62, -104), (80, -72)],
        [(-42, -98), (-10, -106), (28, -108), (58, -94), (76, -64)],
        [(-42, -98), (-22, -124), (20, -131), (62, -114), (84, -80)],
        [(-46, -98), (-64, -90), (-78, -66), (-82, -34)],
        [(-48, -104), (-70, -92), (-84, -62), (-86, -34)],
        [(-40, -98), (-4, -98), (32, -96), (56, -82), (70, -58)],
    ]
    return Style(caps=[cap], sweeps=sweeps)


def _bun() -> Style:
    bun = curve(
        [(0, -186), (26, -178), (37, -154), (28, -130), (0, -122), (-28, -130), (-37, -154), (-26, -178)], closed=True
    )
    cap = shape(
        [
            (-79, 0),
            (-86, -30),
            (-86, -70),
            (-66, -112),
            (-32, -130),
            (0, -134),
            (32, -130),
            (66, -112),
            (86, -70),
            (86, -30),
            (79, 0),
        ],
        [(76, -28), (66, -58), (40, -80), (0, -88), (-40, -80), (-66, -58), (-76, -28), (-79, 0)],
    )
    sweeps = [
        [(x * 1.02, -80 + abs(x) * 0.36), (x * 0.74, -106 + abs(x) * 0.2), (x * 0.30, -130)]
        for x in (-66, -48, -30, -12, 12, 30, 48, 66)
    ]
    return Style(back=[bun], caps=[cap], sweeps=sweeps)


def _curls() -> Style:
    def ring(
        count: int, start: float, end: float, rx: float, ry: float, cy: float, radius: float, seed: int
    ) -> list[Curl]:
        dice = np.random.default_rng(seed)
        return [
            (
                float(rx * np.sin(a) + dice.uniform(-3, 3)),
                float(cy - ry * np.cos(a) + dice.uniform(-3, 3)),
                float(radius * dice.uniform(0.85, 1.15)),
            )
            for a in np.linspace(start, end, count)
        ]

    back = ring(30, -2.45, 2.45, 96, 96, -44, 25, 1) + ring(18, -2.3, 2.3, 66, 70, -40, 40, 2)
    front = (
        ring(19, -1.5, 1.5, 84, 84, -44, 19, 3)
        + ring(17, -1.5, 1.5, 80, 58, -34, 17, 4)
        + ring(13, -0.9, 0.9, 76, 76, -44, 20, 5)
        + ring(11, -0.8, 0.8, 60, 76, -28, 15, 6)
    )
    return Style(curly=front, curly_back=back)


STYLES: dict[str, Callable[[], Style]] = {
    "bob": _bob,
    "long": _long,
    "tousled": _tousled,
    "swept": _swept,
    "bun": _bun,
    "curls": _curls,
    "none": Style,
}
