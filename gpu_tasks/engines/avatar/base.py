from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, Protocol, runtime_checkable

import numpy as np
from numpy.typing import NDArray

from gpu_tasks.engines.tts.base import Speech

FPS = 25
GROUP = 4
"""A segment lasts a multiple of so many frames: of 160 ms (gpu_tasks.fmp4 says why)."""

Frame = NDArray[np.uint8]
"""RGB, [height, width, 3], contiguous."""


@dataclass(frozen=True, slots=True)
class Avatar:
    """A face, as far as an engine needs to know it. `(avatar_id, version)` identifies what may be cached."""

    avatar_id: str
    kind: Literal["illustrated", "photo"]
    version: int = 1
    features: Mapping[str, Any] = field(default_factory=dict)
    """What an illustrated avatar looks like (see illustrated.Features)."""
    portrait: bytes | None = None
    """The image file of a photo avatar."""
    clip: bytes | None = None
    """An MP4 of somebody who was filmed, silent, the portrait first (see portrait.clip.Clip)."""


class AvatarEngine(Protocol):
    """Moves a face. One object serves all threads of a worker."""

    width: int
    height: int

    def animate(
        self, speech: Speech, avatar: Avatar, *, session: str | None = None, due: float | None = None
    ) -> Iterator[Frame]:
        """Yield frame_count(speech) frames or more; each call begins and ends in the neutral
        pose with the mouth closed, so that segments and the idle loop join. Silence closes the mouth.
        The same input gives the same frames. A yielded frame is the receiver's to keep. `session`: for whom it is; an
        engine that makes several segments together is fair between sessions. `due`: seconds until the first frame is
        looked at, where that is known; it is not of what begins a reply.

        Raises BadPortrait, EngineError.
        """
        ...

    def idle(self, avatar: Avatar) -> Iterator[Frame]:
        """Yield a loop of some seconds of listening (breathing, blinking, glancing) that begins and
        ends in the neutral pose."""
        ...

    def warm_up(self) -> None: ...


@runtime_checkable
class KeepsFaces(Protocol):
    """An engine that keeps what it has prepared of a face, in memory or on its disk."""

    def keep_only(self, avatar_ids: Collection[str]) -> None:
        """Nothing of the others, which have been deleted."""
        ...


def frame_count(speech: Speech) -> int:
    """Of the shortest segment that holds the speech."""
    return -(-len(speech.pcm) * FPS // (speech.sample_rate * GROUP)) * GROUP
