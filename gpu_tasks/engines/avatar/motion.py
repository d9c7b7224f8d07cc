"""What a face does besides speaking: it blinks, breathes, looks about, nods with the voice.

Every track begins and ends at rest (all zeros), so that clips rendered apart can follow one another.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from gpu_tasks.engines.avatar.base import FPS
from gpu_tasks.engines.avatar.loudness import HZ, reference, smooth

Track = NDArray[np.float64]


class Pose(NamedTuple):
    """A face at one moment. All zeros: looking at the student, eyes open.

    yaw (> 0 to the right of the picture), pitch (> 0 down), roll (> 0 clockwise): about -1..1, a small
    natural movement each; blink 0 open .. 1 shut; brow -1..1; breath 0 out .. 1 in; gaze_x, gaze_y
    -1..1 of what an eye can do in conversation.
    """

    yaw: float = 0.0
    pitch: float = 0.0
    roll: float = 0.0
    blink: float = 0.0
    brow: float = 0.0
    breath: float = 0.0
    gaze_x: float = 0.0
    gaze_y: float = 0.0


REST = Pose()

_BREATH = 4.0
_EASE = 0.5


def speaking(frames: int, loud: NDArray[np.float32], seed: int) -> list[Pose]:
    """`loud`: what loudness() says of the speech."""
    if not frames:
        return []
    time = np.arange(frames) / FPS
    dice = np.random.default_rng(seed)
    moments = np.arange(len(loud)) / HZ
    level = np.clip(loud / reference(loud), 0, 1.3)
    stress = np.interp(time, moments, smooth(level, 0.12) - smooth(level, 0.7), right=0)
    calm = _ends(frames)
    yaw = _sway(time, dice, 0.20, 0.41)
    return _poses(
        yaw=calm * yaw,
        pitch=calm * (0.5 * _sway(time, dice, 0.17, 0.43) + 1.6 * stress),
        roll=calm * (0.7 * _sway(time, dice, 0.13, 0.31) - 0.3 * yaw),
        blink=_blinks(time, dice),
        brow=calm * np.clip(1.8 * np.interp(time, moments, smooth(level, 0.25) - smooth(level, 1.0), right=0), -0.4, 1),
        breath=calm * _breath(time),
        gaze_x=calm * _glances(time, dice, 0.25),
        gaze_y=calm * _glances(time, dice, 0.15),
    )


def listening(frames: int, seed: int) -> list[Pose]:
    time = np.arange(frames) / FPS
    dice = np.random.default_rng(seed)
    calm = _ends(frames)
    tilt = calm * _sway(time, dice, 0.11, 0.23)
    return _poses(
        yaw=0.8 * tilt,
        pitch=0.4 * calm * _sway(time, dice, 0.14, 0.29),
        roll=0.8 * tilt,
        blink=_blinks(time, dice),
        brow=0.25 * calm * np.maximum(_sway(time, dice, 0.12, 0.21), 0),
        breath=calm * _breath(time),
        gaze_x=0.5 * calm * _glances(time, dice, 0.5),
        gaze_y=0.5 * calm * _glances(time, dice, 0.3),
    )


def _poses(**tracks: Track) -> list[Pose]:
    columns = [tracks[name].tolist() for name in Pose._fields]
    return [Pose(*row) for row in zip(*columns, strict=True)]


def _ends(frames: int) -> Track:
    """Rises from exactly 0 in the first frame, falls to exactly 0 in the last."""
    nearest = np.minimum(np.arange(frames), np.arange(frames)[::-1]) / FPS
    return _ease(nearest / _EASE)


def _ease(x: Track) -> Track:
    x = np.clip(x, 0, 1)
    return x * x * (3 - 2 * x)


def _sway(time: Track, dice: np.random.Generator, slow: float, fast: float) -> Track:
    """Wanders between -1 and 1, never the same twice: two sines whose periods do not fit together."""
    a, b = dice.uniform(0, 2 * np.pi, 2)
    sway: Track = 0.6 * np.sin(2 * np.pi * slow * time + a) + 0.4 * np.sin(2 * np.pi * fast * time + b)
    return sway


def _breath(time: Track) -> Track:
    return 0.5 - 0.5 * np.cos(2 * np.pi * time / _BREATH)


def _blinks(time: Track, dice: np.random.Generator) -> Track:
    """Shut in 80 ms, open in 160; none that would be cut off by the end."""
    shut = np.zeros_like(time)
    moment = dice.uniform(0.5, 2.0)
    while len(time) and moment < time[-1] - 0.24:
        since = time - moment
        shut = np.maximum(shut, np.minimum(1 + since / 0.08, 1 - since / 0.16))
        moment += dice.uniform(2.2, 4.8)
    return _ease(shut)


def _glances(time: Track, dice: np.random.Generator, reach: float) -> Track:
    """The eye rests, and jumps: a new aim every second or two, reached within two frames."""
    aim = np.zeros_like(time)
    moment = dice.uniform(0.4, 1.2)
    while len(time) and moment < time[-1]:
        aim[time >= moment] = dice.uniform(-reach, reach) if dice.random() < 0.6 else 0.0
        moment += dice.uniform(0.7, 1.8)
    return np.convolve(np.pad(aim, 1), [0.25, 0.5, 0.25], "valid")
