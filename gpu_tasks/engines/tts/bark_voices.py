"""Bark's voices that the repository carries (data/, see NOTICE there)."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Literal

from gpu_tasks.engines.tts.base import Voice

SAMPLES = {"en": "Let us look at the water cycle together.", "zh": "我们一起来看看水是怎样循环的。"}
SPOKEN = {"en": "American English, natural", "zh": "普通话，自然 (Mandarin, natural; English words too)"}
# As Suno lists them.
WOMEN = frozenset(("en_speaker_9", "zh_speaker_4", "zh_speaker_6", "zh_speaker_7", "zh_speaker_9"))


def _voice(language: str, number: int) -> Voice:
    name = f"{language}_speaker_{number}"
    sex: Literal["female", "male"] = "female" if name in WOMEN else "male"
    return Voice(name, language, f"{SPOKEN[language]}: speaker {number}", sex, SAMPLES[language])


VOICES: Mapping[str, Voice] = MappingProxyType(
    {voice.name: voice for language in SAMPLES for voice in (_voice(language, number) for number in range(10))}
)
