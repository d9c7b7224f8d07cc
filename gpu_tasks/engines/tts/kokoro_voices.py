"""Kokoro's voices that the repository carries (data/, see NOTICE there)."""

from collections.abc import Mapping
from types import MappingProxyType

from gpu_tasks.engines.tts.base import Voice

ENGLISH = "A fraction is a part of a whole: one half of a pizza, for example."
CHINESE = "你好，今天我们来学习光合作用。"

VOICES: Mapping[str, Voice] = MappingProxyType(
    {
        voice.name: voice
        for voice in (
            Voice("af_heart", "en", "American English, warm", "female", ENGLISH),
            Voice("am_michael", "en", "American English, calm", "male", ENGLISH),
            Voice("bf_emma", "en", "British English, clear", "female", ENGLISH),
            Voice("bm_george", "en", "British English, deep", "male", ENGLISH),
            Voice("zf_xiaobei", "zh", "普通话，清楚 (Mandarin, clear; English words too)", "female", CHINESE),
            Voice("zf_xiaoyi", "zh", "普通话，活泼 (Mandarin, lively; English words too)", "female", CHINESE),
            Voice("zm_yunjian", "zh", "普通话，沉稳 (Mandarin, steady; English words too)", "male", CHINESE),
            Voice("zm_yunxi", "zh", "普通话，年轻 (Mandarin, young; English words too)", "male", CHINESE),
        )
    }
)
