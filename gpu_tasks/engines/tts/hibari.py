from collections.abc import Mapping
from types import MappingProxyType

import numpy as np

from gpu_tasks.engines.errors import ModelMissing
from gpu_tasks.engines.tts.base import Speech, Viseme, Voice
from gpu_tasks.engines.tts.hibari_model import SAMPLE_RATE, HibariModel, Timbre
from gpu_tasks.engines.tts.loudness import MARGIN_SECONDS, Samples, normalised, speech_bounds
from gpu_tasks.engines.tts.phonemes import SILENCE, track, window

AHEAD = 0.05
"""The model's sound comes this much earlier than its durations say (vowels against loudness, measured)."""
BETWEEN_SENTENCES = 0.2
"""Seconds of silence, beside the 50 ms that each sentence keeps at its ends."""
PAD = " "
"""The model puts one symbol of silence before and one behind the phonemes."""

TIMBRES = {
    "heart": Timbre(),
    "heart-bright": Timbre(pitch=1.06, formants=1.06),
    "heart-low": Timbre(pitch=0.6, formants=0.84, residue_db=9.0),
}
VOICES: Mapping[str, Voice] = MappingProxyType(
    {
        "heart": Voice("heart", "en", "American English, a woman's voice"),
        "heart-bright": Voice("heart-bright", "en", "American English, a brighter, younger woman's voice"),
        "heart-low": Voice("heart-low", "en", "American English, a man's low voice"),
    }
)


class HibariVoice:
    """English on the CPU, far faster than real time on one core, with exact phoneme times.

    The same text and voice give the same sound. What is not in Latin script is not spoken.
    """

    voices = VOICES

    def __init__(self, threads: int = 1) -> None:
        self._model = HibariModel(threads=threads)

    def speak(self, text: str, *, voice: str) -> Speech:
        if voice not in TIMBRES:
            raise ModelMissing(f"there is no voice {voice!r}, only {', '.join(TIMBRES)}")
        sound: list[Samples] = []
        shapes: list[Viseme] = []
        length = 0
        for phonemes in self._model.sentences(text):
            samples, visemes = self._sentence(phonemes, TIMBRES[voice])
            if not len(samples):
                continue
            if sound:
                sound.append(np.zeros(int(BETWEEN_SENTENCES * SAMPLE_RATE), np.float32))
                length += len(sound[-1])
            at = length / SAMPLE_RATE
            shapes += [Viseme(at + start, at + end, shape) for start, end, shape in visemes]
            sound.append(samples)
            length += len(samples)
        pcm = normalised(np.concatenate(sound), SAMPLE_RATE) if sound else np.zeros(0, np.int16)
        whole = tuple(window(shapes, 0, length / SAMPLE_RATE)) if self._model.tells_times else None
        return Speech(pcm, SAMPLE_RATE, whole)

    def warm_up(self) -> None:
        self.speak("Good morning, Dr. Smith.", voice="heart")

    def _sentence(self, phonemes: str, timbre: Timbre) -> tuple[Samples, list[Viseme]]:
        """The trimmed sound and its visemes: none from a model that does not tell its times."""
        samples, seconds = self._model.sound(phonemes, timbre)
        start, end = speech_bounds(samples, SAMPLE_RATE)
        if seconds is None:
            return samples[start:end], []
        visemes = window(track(PAD + phonemes + PAD, seconds), start / SAMPLE_RATE + AHEAD, end / SAMPLE_RATE + AHEAD)
        # the last phoneme's time reaches into the silence behind it, in which the mouth is closed
        length = (end - start) / SAMPLE_RATE
        closed = window(visemes, 0, length - MARGIN_SECONDS)
        return samples[start:end], [*closed, Viseme(length - MARGIN_SECONDS, length, SILENCE)]
