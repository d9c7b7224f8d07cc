from collections.abc import Iterator

import numpy as np

from gpu_tasks.engines.avatar.base import FPS, Avatar, Frame, frame_count
from gpu_tasks.engines.avatar.loudness import HZ, loudness, reference
from gpu_tasks.engines.errors import BadPortrait
from gpu_tasks.engines.tts.base import Speech


class FakeAvatar:
    """A grey square with a mouth that opens as loud as the speech is."""

    def __init__(self, *, size: int = 64) -> None:
        self.width = self.height = size

    def animate(
        self, speech: Speech, avatar: Avatar, *, session: str | None = None, due: float | None = None
    ) -> Iterator[Frame]:
        if avatar.kind == "photo" and not avatar.portrait:
            raise BadPortrait("There is no picture.")
        loud = loudness(speech.pcm, speech.sample_rate)
        times = np.arange(frame_count(speech)) / FPS
        opening = np.interp(times, np.arange(len(loud)) / HZ, loud / reference(loud), left=0, right=0)
        opening[[0, -1]] = 0
        return (self._face(share) for share in opening.tolist())

    def idle(self, avatar: Avatar) -> Iterator[Frame]:
        return (self._face(0.0) for _ in range(2 * FPS))

    def warm_up(self) -> None:
        """Nothing is slow here."""

    def _face(self, opening: float) -> Frame:
        frame = np.full((self.height, self.width, 3), 160, np.uint8)
        middle, left, right = self.height * 2 // 3, self.width // 4, self.width * 3 // 4
        frame[middle : middle + 2 + round(min(opening, 1.0) * self.height / 5), left:right] = 40
        return frame
