from collections.abc import Callable, Mapping
from types import MappingProxyType

import numpy as np

from gpu_tasks.engines.errors import ModelMissing
from gpu_tasks.engines.tts.base import Speech, Viseme, Voice, Word

SAMPLE_RATE = 24_000
TONE_HZ = 220.0
WORD_SECONDS = 0.2
PAUSE_SECONDS = 0.05
SHAPES = ("aa", "E", "I", "O", "U")


class FakeVoice:
    """A tone for each word, loud as a voice is, with an open mouth; a short silence around them."""

    voices: Mapping[str, Voice] = MappingProxyType(
        {"tone": Voice("tone", "en", "A tone for each word", "female", "One tone for each word.")}
    )

    def speak(self, text: str, *, voice: str, cancelled: Callable[[], bool] = lambda: False) -> Speech:
        if voice not in self.voices:
            raise ModelMissing(f"there is no voice {voice!r}")
        words = [word for word in text.split() if any(map(str.isalnum, word))]
        if not words:
            return Speech(np.zeros(0, np.int16), SAMPLE_RATE, (), ())
        silence = np.zeros(int(PAUSE_SECONDS * SAMPLE_RATE))
        tone = np.sin(2 * np.pi * TONE_HZ * np.arange(int(WORD_SECONDS * SAMPLE_RATE)) / SAMPLE_RATE) * 0.14
        sound = np.concatenate([silence, *(part for _ in words for part in (tone, silence))])
        visemes = [Viseme(0.0, PAUSE_SECONDS, "sil")]
        times: list[Word] = []
        for index, word in enumerate(words):
            start = visemes[-1].end
            times.append(Word(start, start + WORD_SECONDS, word))
            visemes.append(Viseme(start, start + WORD_SECONDS, SHAPES[index % len(SHAPES)]))
            visemes.append(Viseme(start + WORD_SECONDS, start + WORD_SECONDS + PAUSE_SECONDS, "sil"))
        return Speech(np.round(sound * 32767).astype(np.int16), SAMPLE_RATE, tuple(visemes), tuple(times))

    def warm_up(self) -> None:
        pass
