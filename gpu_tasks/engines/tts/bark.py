import zlib
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from gpu_tasks.engines.errors import ModelMissing
from gpu_tasks.engines.tts.bark_model import BarkModel, Cancelled
from gpu_tasks.engines.tts.bark_text import is_plausible, portions, seconds
from gpu_tasks.engines.tts.bark_voices import VOICES
from gpu_tasks.engines.tts.base import Speech
from gpu_tasks.engines.tts.english_numbers import in_words
from gpu_tasks.engines.tts.mandarin import HANZI
from gpu_tasks.engines.tts.utterance import Piece, joined, untimed

BATCH = 4
"""Sentences at once, on a GPU."""


class Bark:
    """The most natural voice, and a slow one: it does not stream, and does not tell when it says what.

    `model`: a folder as transformers saves it, with the tokenizer. The same text and voice give the same sound.
    """

    voices = VOICES

    def __init__(self, model: str, device: str = "cpu") -> None:
        self._model = BarkModel(Path(model), device)

    def speak(self, text: str, *, voice: str, cancelled: Callable[[], bool] = lambda: False) -> Speech:
        if voice not in VOICES:
            raise ModelMissing(f"there is no voice {voice!r}, only {', '.join(VOICES)}")
        # The Chinese of a reply has its numbers in words already.
        texts = portions(text if HANZI.search(text) else in_words(text))
        size = BATCH if self._model.batches else 1
        batches = [texts[i : i + size] for i in range(0, len(texts), size)]
        try:
            pieces = [piece for batch in batches for piece in self._pieces(batch, voice, cancelled)]
        except Cancelled:
            pieces = []
        return joined(pieces, self._model.sample_rate, timed=False)

    def warm_up(self) -> None:
        self.speak("Good morning.", voice="en_speaker_6")

    def _pieces(self, texts: Sequence[str], voice: str, cancelled: Callable[[], bool]) -> Iterator[Piece]:
        """A piece that lasts implausibly long or short is made once more, and the better one is taken."""
        first = self._made(texts, voice, cancelled, again=False)
        failed = [text for text, piece in zip(texts, first, strict=True) if not self._is_plausible(text, piece)]
        second = dict(zip(failed, self._made(failed, voice, cancelled, again=True), strict=True)) if failed else {}
        for text, piece in zip(texts, first, strict=True):
            yield min((piece, second.get(text, piece)), key=lambda each: abs(self._lasts(each) - seconds(text)))

    def _made(self, texts: Sequence[str], voice: str, cancelled: Callable[[], bool], *, again: bool) -> list[Piece]:
        if cancelled():
            raise Cancelled
        seed = zlib.crc32("\n".join((voice, *texts)).encode()) + again
        sounds = self._model.sounds(texts, preset=voice, seed=seed, cancelled=cancelled)
        return [untimed(sound, self._model.sample_rate) for sound in sounds]

    def _is_plausible(self, text: str, piece: Piece) -> bool:
        return is_plausible(text, self._lasts(piece))

    def _lasts(self, piece: Piece) -> float:
        return len(piece.samples) / self._model.sample_rate
