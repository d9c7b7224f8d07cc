"""Several engines' voices in one."""

import logging
import threading
from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any, ClassVar

from gpu_tasks.engines.errors import ModelMissing
from gpu_tasks.engines.tts import hibari, kokoro_voices
from gpu_tasks.engines.tts.bark import Bark
from gpu_tasks.engines.tts.base import Speech, TTSEngine, Voice
from gpu_tasks.engines.tts.hibari import HibariVoice
from gpu_tasks.engines.tts.kokoro import Kokoro
from gpu_tasks.engines.tts.mandarin import HANZI

log = logging.getLogger(__name__)

ALSO_CHINESE = {"heart": "af_heart", "heart-bright": "af_heart", "heart-low": "am_michael"}
"""Of hibari's voices, which know English only: who says a sentence for them that has Chinese in it."""

Engines = Mapping[str, Callable[..., TTSEngine]]


class PackagedVoices:
    """All voices that come as packages: hibari's, far faster than real time on one core, and Kokoro's, of which
    some speak Mandarin.

    The engine `first` is loaded at once and its voices stand first in the catalogue; another one is loaded when one
    of its voices is first wanted (Kokoro takes 500 MB). Further options are those of an engine, by its name.
    """

    engines: ClassVar[Engines] = MappingProxyType({"hibari": HibariVoice, "kokoro": Kokoro})
    voices: Mapping[str, Voice] = MappingProxyType({**hibari.VOICES, **Kokoro.voices})

    def __init__(self, first: str = "hibari", **options: Mapping[str, Any]) -> None:
        if unknown := {first, *options} - set(self.engines):
            raise TypeError(f"there is no engine {', '.join(sorted(unknown))}, only {', '.join(self.engines)}")
        self._options = options
        self._loaded: dict[str, TTSEngine] = {}
        self._loading = threading.Lock()
        self._first = self._engine(first)
        self.voices = dict(sorted(self.voices.items(), key=lambda voice: _SERVED_BY[voice[0]] != first))

    def speak(self, text: str, *, voice: str, cancelled: Callable[[], bool] = lambda: False) -> Speech:
        if voice not in self.voices:
            raise ModelMissing(f"there is no voice {voice!r}, only {', '.join(self.voices)}")
        if voice in hibari.VOICES and HANZI.search(text):
            voice = ALSO_CHINESE[voice]
        return self._engine(_SERVED_BY[voice]).speak(text, voice=voice, cancelled=cancelled)

    def warm_up(self) -> None:
        self._first.warm_up()

    def _engine(self, name: str) -> TTSEngine:
        with self._loading:
            if name not in self._loaded:
                log.info("loading %s", name)
                self._loaded[name] = self.engines[name](**self._options.get(name, {}))
            return self._loaded[name]


class AllVoices(PackagedVoices):
    """Bark's as well, for which weights are to be fetched."""

    engines = MappingProxyType({**PackagedVoices.engines, "bark": Bark})
    voices = MappingProxyType({**PackagedVoices.voices, **Bark.voices})


_SERVED_BY = {
    voice: name
    for name, voices in (("hibari", hibari.VOICES), ("kokoro", kokoro_voices.VOICES), ("bark", Bark.voices))
    for voice in voices
}
