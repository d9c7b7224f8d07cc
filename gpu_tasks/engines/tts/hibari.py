from collections.abc import Callable, Mapping
from itertools import takewhile
from types import MappingProxyType

from gpu_tasks.engines.errors import ModelMissing
from gpu_tasks.engines.tts.base import Speech, Voice
from gpu_tasks.engines.tts.hibari_model import SAMPLE_RATE, HibariModel, Timbre
from gpu_tasks.engines.tts.pronunciation import Sentence
from gpu_tasks.engines.tts.utterance import Piece, joined, timed, untimed

AHEAD = 0.05
"""The model's sound comes this much earlier than its durations say (vowels against loudness, measured)."""

TIMBRES = {
    "heart": Timbre(),
    "heart-bright": Timbre(pitch=1.06, formants=1.06),
    "heart-low": Timbre(pitch=0.6, formants=0.84, residue_db=9.0),
}
SAMPLE = "Plants make their own food from light, water and air."
VOICES: Mapping[str, Voice] = MappingProxyType(
    {
        voice.name: voice
        for voice in (
            Voice("heart", "en", "American English, warm and clear", "female", SAMPLE),
            Voice("heart-bright", "en", "American English, brighter and younger", "female", SAMPLE),
            Voice("heart-low", "en", "American English, low", "male", SAMPLE),
        )
    }
)


class HibariVoice:
    """English on the CPU, far faster than real time on one core, with exact phoneme times.

    The same text and voice give the same sound. What is not in Latin script is not spoken.
    """

    voices = VOICES

    def __init__(self, threads: int = 1) -> None:
        self._model = HibariModel(threads=threads)

    def speak(self, text: str, *, voice: str, cancelled: Callable[[], bool] = lambda: False) -> Speech:
        if voice not in TIMBRES:
            raise ModelMissing(f"there is no voice {voice!r}, only {', '.join(TIMBRES)}")
        wanted = takewhile(lambda _: not cancelled(), self._model.sentences(text))
        pieces = (self._piece(sentence, TIMBRES[voice]) for sentence in wanted)
        return joined(pieces, SAMPLE_RATE, timed=self._model.tells_times)

    def warm_up(self) -> None:
        self.speak("Good morning, Dr. Smith.", voice="heart")

    def _piece(self, sentence: Sentence, timbre: Timbre) -> Piece:
        samples, seconds = self._model.sound(sentence, timbre)
        if seconds is None:
            return untimed(samples, SAMPLE_RATE)
        return timed(samples, SAMPLE_RATE, sentence, seconds, ahead=AHEAD)
