"""What serves the stages under faults: the shipped fakes with service times, and a media store that may fail."""

import errno
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from django.core.files.base import File
from django.core.files.storage import FileSystemStorage

from gpu_tasks.engines.avatar.base import Avatar, Frame
from gpu_tasks.engines.avatar.fake import FakeAvatar
from gpu_tasks.engines.tts.base import Speech
from gpu_tasks.engines.tts.fake import FakeVoice
from tests.e2e.scripted_llm import ScriptedLLM

REPLY = "Plants need light every day, {}. They need water from the soil too. And some warmth helps all of them."


class Voice(FakeVoice):
    def __init__(self, seconds: float) -> None:
        self._seconds = seconds

    def speak(self, text: str, *, voice: str, cancelled: Callable[[], bool] = lambda: False) -> Speech:
        time.sleep(self._seconds)
        return super().speak(text, voice=voice, cancelled=cancelled)


class Face(FakeAvatar):
    """`seconds`: for each picture."""

    def __init__(self, seconds: float) -> None:
        super().__init__()
        self._seconds = seconds

    def animate(
        self, speech: Speech, avatar: Avatar, *, session: str | None = None, due: float | None = None
    ) -> Iterator[Frame]:
        for frame in super().animate(speech, avatar, session=session):
            time.sleep(self._seconds)
            yield frame


class Thinking(ScriptedLLM):
    """A language model's server: takes up the question's last word."""

    def __init__(self, port: int) -> None:
        super().__init__(port)
        self.learn({}, piece_seconds=0.02)

    def script(self, question: str) -> str:
        return REPLY.format(question.split()[-1].strip("?"))


class TroubledStore(FileSystemStorage):
    """While a file `full` lies in the folder of troubles, half of each file is written, and then no more; with
    `read-only`, nothing is."""

    def __init__(self, *, trouble: str, **options: Any) -> None:
        super().__init__(**options)
        self._trouble = Path(trouble)

    def _save(self, name: str, content: "File[bytes]") -> str:
        if (self._trouble / "read-only").exists():
            raise OSError(errno.EROFS, "Read-only file system", name)
        saved: str = super()._save(name, content)  # type: ignore[misc]
        if (self._trouble / "full").exists():
            path = Path(self.path(saved))
            with path.open("r+b") as file:
                file.truncate(path.stat().st_size // 2)
            raise OSError(errno.ENOSPC, "No space left on device", name)
        return saved
