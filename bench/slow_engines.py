"""The shipped fakes, as slow as real ones: a voice that takes its time, and a face that draws so many frames a second
for all segments of its worker together."""

import threading
import time
from collections.abc import Callable, Iterator

from gpu_tasks.engines.avatar.base import Avatar, Frame
from gpu_tasks.engines.avatar.fake import FakeAvatar
from gpu_tasks.engines.tts.base import Speech
from gpu_tasks.engines.tts.fake import FakeVoice


class SlowVoice(FakeVoice):
    def __init__(self, seconds: float) -> None:
        self._seconds = seconds

    def speak(self, text: str, *, voice: str, cancelled: Callable[[], bool] = lambda: False) -> Speech:
        time.sleep(self._seconds)
        return super().speak(text, voice=voice, cancelled=cancelled)


class SlowFace(FakeAvatar):
    def __init__(self, frames_per_second: float) -> None:
        super().__init__(size=32)
        self._seconds = 1 / frames_per_second
        self._card = threading.Lock()
        self._free_at = 0.0

    def animate(
        self, speech: Speech, avatar: Avatar, *, session: str | None = None, due: float | None = None
    ) -> Iterator[Frame]:
        for frame in super().animate(speech, avatar, session=session):
            with self._card:
                # Sleeping too long once is made good with the next frames.
                self._free_at = max(self._free_at, time.monotonic() - 1) + self._seconds
                wait = self._free_at - time.monotonic()
            if wait > 0:
                time.sleep(wait)
            yield frame
