"""Which engine serves each stage. A profile sets all of them; STAGES in the environment overrides single ones."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

Stage = dict[str, Any]


def stages(
    profile: str,
    *,
    llm_url: str,
    llm_model: str,
    llm_api_key: str,
    demo_brain: bool,
    models_dir: Path,
    overrides: Mapping[str, Stage],
) -> dict[str, Stage]:
    return {**PROFILES[profile](llm_url, llm_model, llm_api_key, demo_brain, models_dir), **overrides}


# The embedded server has its own way of choosing words, and tells of its progress so that it can be stopped in it.
EMBEDDED: Stage = {"temperature": None, "extra": {"return_progress": True}}


def cpu(llm_url: str, llm_model: str, llm_api_key: str, demo_brain: bool, models_dir: Path) -> dict[str, Stage]:
    return {
        "asr": {
            "ENGINE": "gpu_tasks.engines.asr.whisper.FasterWhisper",
            "OPTIONS": {"model": "base", "cache_dir": str(models_dir)},
        },
        "llm": {
            "ENGINE": "gpu_tasks.engines.llm.openai.OpenAIChat",
            "OPTIONS": {"url": llm_url, "model": llm_model, "api_key": llm_api_key, **(EMBEDDED if demo_brain else {})},
        },
        "tts": {"ENGINE": "gpu_tasks.engines.tts.hibari.HibariVoice", "OPTIONS": {}},
        "avatar": {"ENGINE": "gpu_tasks.engines.avatar.cpu.CpuAvatar", "OPTIONS": {}},
        "embedding": {"ENGINE": "gpu_tasks.engines.embedding.use.UniversalSentenceEncoder", "OPTIONS": {}},
    }


PROFILES = {"cpu": cpu}
