"""The idle loop of somebody who was filmed: the film itself, there and back."""

from collections.abc import Iterator

import numpy as np

from gpu_tasks.engines.avatar.base import Frame
from gpu_tasks.engines.avatar.motion import REST
from gpu_tasks.engines.avatar.photo import Photograph
from gpu_tasks.engines.avatar.portrait.clip import moving
from gpu_tasks.engines.avatar.visemes import CLOSED

_FADE = 8  # frames between the pose that every segment begins and ends in and the film


def living(face: Photograph, clip: bytes) -> Iterator[Frame]:
    """`clip`: begins with the picture that `face` was made of, and is cut as that is. Raises BadPortrait."""
    film = moving(clip)
    neutral = face.draw(CLOSED, REST)
    order = [*range(len(film)), *reversed(range(len(film) - 1))]
    for number, at in enumerate(order):
        filmed = min(number, len(order) - 1 - number, _FADE) / _FADE
        frame = neutral * (1 - filmed) + face.cut.of(film[at]) * filmed
        yield np.round(frame).astype(np.uint8)
