"""The engines this process serves, as STAGES in the settings names them. Made on first use, then kept."""

from functools import cache
from typing import Any, Literal, cast

from django.conf import settings
from django.utils.module_loading import import_string

from gpu_tasks.engines.asr.base import ASREngine
from gpu_tasks.engines.avatar.base import AvatarEngine
from gpu_tasks.engines.embedding.base import EmbeddingEngine
from gpu_tasks.engines.llm.base import LLMEngine
from gpu_tasks.engines.tts.base import TTSEngine

STAGES: tuple[Literal["asr", "llm", "tts", "avatar"], ...] = ("asr", "llm", "tts", "avatar")


@cache
def engine(stage: str) -> Any:
    configured = settings.STAGES[stage]
    return import_string(configured["ENGINE"])(**configured.get("OPTIONS", {}))


def asr() -> ASREngine:
    return cast(ASREngine, engine("asr"))


def llm() -> LLMEngine:
    return cast(LLMEngine, engine("llm"))


def tts() -> TTSEngine:
    return cast(TTSEngine, engine("tts"))


def avatar() -> AvatarEngine:
    return cast(AvatarEngine, engine("avatar"))


def embedding() -> EmbeddingEngine:
    return cast(EmbeddingEngine, engine("embedding"))
