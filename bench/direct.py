"""The same engines called directly, in one process: no queue, no socket, no database.

`streaming` is the floor: segment by segment, each spoken and drawn while the model goes on. `serial` is the way most
such programs work: the whole reply, then the whole speech, then the whole video.
"""

import queue
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass

from django.conf import settings

from gpu_tasks import audio, faces, fmp4, stages
from gpu_tasks.engines.avatar.base import Avatar
from gpu_tasks.engines.llm.base import LLMEngine, Message
from gpu_tasks.segmenting import segments
from gpu_tasks.speakable import speakable
from sessions_app.models import Tutor
from sessions_app.pipeline import avatar_ref


@dataclass
class Timed:
    """Seconds since the question."""

    first_token: float = 0
    first_audio: float = 0
    first_frame: float = 0
    total: float = 0
    seconds_of_video: float = 0


class Direct:
    def __init__(self, tutor: Tutor) -> None:
        face = tutor.faces().first()
        assert face is not None
        self._face: Avatar = faces.face(avatar_ref(face))
        self._voice, self._language = tutor.voice, tutor.language
        self._tts, self._avatar = stages.tts(), stages.avatar()
        for engine in (self._tts, self._avatar):
            engine.warm_up()

    def recording(self, text: str) -> bytes:
        """The text spoken, as a browser would send it."""
        speech = self._tts.speak(text, voice=self._voice)
        return audio.wav_bytes(speech.pcm, speech.sample_rate)

    def streaming(self, llm: LLMEngine, prompt: list[Message]) -> Timed:
        timed, began = Timed(), time.perf_counter()
        spoken: queue.Queue[str | None] = queue.Queue()

        def think() -> None:
            for text in segments(self._pieces(llm, prompt, timed, began)):
                spoken.put(text)
            spoken.put(None)

        thinking = threading.Thread(target=think)
        thinking.start()
        while (text := spoken.get()) is not None:
            self._say(text, timed, began)
        thinking.join()
        timed.total = time.perf_counter() - began
        return timed

    def serial(self, llm: LLMEngine, prompt: list[Message]) -> Timed:
        timed, began = Timed(), time.perf_counter()
        text = "".join(self._pieces(llm, prompt, timed, began))
        self._say(text, timed, began)
        # Nothing is seen before all is made.
        timed.first_frame = timed.total = time.perf_counter() - began
        return timed

    def _pieces(self, llm: LLMEngine, prompt: list[Message], timed: Timed, began: float) -> Iterator[str]:
        for piece in llm.reply(prompt, max_tokens=settings.REPLY_MAX_TOKENS):
            timed.first_token = timed.first_token or time.perf_counter() - began
            yield piece

    def _say(self, text: str, timed: Timed, began: float) -> None:
        speech = self._tts.speak(speakable(text, self._language), voice=self._voice)
        if not len(speech.pcm):
            return
        timed.first_audio = timed.first_audio or time.perf_counter() - began
        frames = self._avatar.animate(speech, self._face)
        width, height = self._avatar.width, self._avatar.height
        for _ in fmp4.fragments(frames, speech.pcm, speech.sample_rate, width=width, height=height):
            timed.first_frame = timed.first_frame or time.perf_counter() - began
        timed.seconds_of_video += speech.duration
