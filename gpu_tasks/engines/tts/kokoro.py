from collections.abc import Callable
from functools import cache
from itertools import takewhile

from gpu_tasks.engines.errors import ModelMissing
from gpu_tasks.engines.tts.base import Speech
from gpu_tasks.engines.tts.english import English
from gpu_tasks.engines.tts.kokoro_model import PACKAGED, SAMPLE_RATE, KokoroModel, style
from gpu_tasks.engines.tts.kokoro_voices import VOICES
from gpu_tasks.engines.tts.mandarin import Mandarin
from gpu_tasks.engines.tts.pronunciation import Sentence
from gpu_tasks.engines.tts.utterance import Piece, joined, timed, untimed

AHEAD = 0.05
"""The model's sound comes this much earlier than its durations say (vowels against loudness, measured)."""


class Kokoro:
    """English and Mandarin, also in one sentence, with exact phoneme times.

    `model`: "packaged", or an ONNX file, or a folder with a model.onnx. The same text and voice give the same sound.
    """

    voices = VOICES

    def __init__(self, model: str = PACKAGED, device: str = "cpu", threads: int = 2) -> None:
        self._model = KokoroModel(model=model, device=device, threads=threads)

    def speak(self, text: str, *, voice: str, cancelled: Callable[[], bool] = lambda: False) -> Speech:
        if voice not in VOICES:
            raise ModelMissing(f"there is no voice {voice!r}, only {', '.join(VOICES)}")
        sentences = _reader(british=voice.startswith("b"), mandarin=VOICES[voice].language == "zh").sentences(text)
        wanted = takewhile(lambda _: not cancelled(), sentences)
        pieces = (self._piece(sentence, voice) for sentence in wanted)
        return joined(pieces, SAMPLE_RATE, timed=self._model.tells_times)

    def warm_up(self) -> None:
        for voice in ("af_heart", "zf_xiaobei"):
            self.speak(VOICES[voice].sample, voice=voice)

    def _piece(self, sentence: Sentence, voice: str) -> Piece:
        samples, seconds = self._model.sound(sentence, style(voice))
        if seconds is None:
            return untimed(samples, SAMPLE_RATE)
        return timed(samples, SAMPLE_RATE, sentence, seconds, ahead=AHEAD)


@cache
def _reader(*, british: bool, mandarin: bool) -> Mandarin:
    return Mandarin(English(british=british), by_mandarin_voice=mandarin)
