"""From what is said, and when, to how the mouth stands in every frame."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from gpu_tasks.engines.avatar.base import FPS
from gpu_tasks.engines.avatar.loudness import HZ, reference, smooth, voiced
from gpu_tasks.engines.avatar.mouth_from_sound import mouth_from_sound
from gpu_tasks.engines.tts.base import Speech, Viseme


class Shape(NamedTuple):
    """Where a mouth is heading while a sound is held.

    jaw 0 closed .. 1 wide open; wide -1 puckered .. 1 spread; upper, lower: how far each lip is drawn
    away from the teeth (lower < 0: tucked under the upper teeth); press: lips pressed together;
    tongue: how much of it shows; weight: how far the shape insists on itself against its neighbours.
    """

    jaw: float
    wide: float
    upper: float
    lower: float
    press: float
    tongue: float
    weight: float


class Mouth(NamedTuple):
    """A mouth at one moment, in the measures of Shape. All zeros: at rest, closed."""

    jaw: float
    wide: float
    upper: float
    lower: float
    press: float
    tongue: float


CLOSED = Mouth(0.0, 0.0, 0.0, 0.0, 0.0, 0.0)

SHAPES: dict[str, Shape] = {
    "sil": Shape(0.00, 0.00, 0.00, 0.00, 0.00, 0.0, 0.6),
    "PP": Shape(0.02, 0.00, 0.00, 0.00, 0.75, 0.0, 3.0),  # p b m
    "FF": Shape(0.10, 0.05, 0.18, -0.22, 0.05, 0.0, 2.2),  # f v
    "TH": Shape(0.20, 0.05, 0.05, 0.05, 0.00, 1.0, 1.0),
    "DD": Shape(0.20, 0.10, 0.08, 0.08, 0.00, 0.5, 0.6),  # t d n l
    "kk": Shape(0.26, 0.00, 0.05, 0.05, 0.00, 0.0, 0.4),  # k g ng h
    "SS": Shape(0.10, 0.35, 0.12, 0.15, 0.00, 0.0, 1.0),  # s z
    "CH": Shape(0.14, -0.45, 0.22, 0.20, 0.00, 0.0, 1.3),  # sh ch j
    "RR": Shape(0.20, -0.40, 0.10, 0.10, 0.00, 0.0, 0.8),
    "aa": Shape(0.85, -0.08, 0.15, 0.15, 0.00, 0.1, 1.2),
    "ah": Shape(0.50, 0.05, 0.10, 0.10, 0.00, 0.1, 1.0),
    "E": Shape(0.45, 0.40, 0.12, 0.12, 0.00, 0.1, 1.0),
    "I": Shape(0.28, 0.60, 0.12, 0.15, 0.00, 0.2, 1.1),
    "O": Shape(0.55, -0.55, 0.12, 0.10, 0.00, 0.0, 1.2),
    "U": Shape(0.25, -0.95, 0.12, 0.12, 0.00, 0.0, 1.4),
}

_LEAD = 0.02  # lips and jaw move before the sound they make is heard, and smoothing spreads them besides
_SIGMA = 0.038
_FINE_HZ = 200
_WORD_GAP = 0.10  # between two words of one breath the mouth does not close


def mouth_curves(speech: Speech, loud: NDArray[np.float32], frames: int) -> NDArray[np.float32]:
    """[frames, 6] in the order of Mouth, at FPS from time 0. The first and the last row are zero.

    From the visemes of the speech when it has them, else from its sound. Silence closes the mouth.
    `loud`: what loudness() says of the speech.
    """
    times = np.arange(frames) / FPS
    if speech.visemes is None:
        curves = mouth_from_sound(speech.pcm, speech.sample_rate, loud, times + 0.02)
    else:
        curves = _from_visemes(speech.visemes, loud, times)
    ends = np.minimum(np.arange(frames), np.arange(frames)[::-1])
    open_now = np.interp(times + 0.02, np.arange(len(loud)) / HZ, voiced(loud), right=0)
    return (curves * (open_now * np.clip(ends / 2, 0, 1))[:, None]).astype(np.float32)


def _from_visemes(
    visemes: tuple[Viseme, ...], loud: NDArray[np.float32], times: NDArray[np.float64]
) -> NDArray[np.float32]:
    fine = np.arange(int(np.ceil((len(times) / FPS + 0.5) * _FINE_HZ))) / _FINE_HZ
    target = np.zeros((len(fine), len(Mouth._fields)), np.float32)
    weight = np.full(len(fine), SHAPES["sil"].weight, np.float32)
    for start, end, name in visemes:
        held = (fine >= start - _LEAD) & (fine < end - _LEAD)
        *target_of_shape, insists = SHAPES[name]
        target[held] = target_of_shape
        # the gap between two words of one breath does not close the mouth: its neighbours decide
        weight[held] = 0.05 if name == "sil" and start > 0 and end - start < _WORD_GAP else insists
    strength = np.interp(fine, np.arange(len(loud)) / HZ, smooth(loud, 0.02), right=0)
    level = np.clip(strength / reference(loud), 0, 1.2)
    jaw, press = target[:, Mouth._fields.index("jaw")], target[:, Mouth._fields.index("press")]
    # louder is wider, but pressed lips stay shut
    jaw[:] = np.minimum(jaw * (0.2 + 0.9 * level) + 0.12 * level * (1 - press / SHAPES["PP"].press), 1)
    total = smooth(weight, _SIGMA, _FINE_HZ)
    smoothed = [smooth(weight * column, _SIGMA, _FINE_HZ) / total for column in target.T]
    return np.stack([np.interp(times, fine, column) for column in smoothed], 1).astype(np.float32)
