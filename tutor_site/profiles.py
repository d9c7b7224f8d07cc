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
    models_dir: Path,
    overrides: Mapping[str, Stage],
) -> dict[str, Stage]:
    return {**PROFILES[profile](llm_url, llm_model, llm_api_key, models_dir), **overrides}


def cpu(llm_url: str, llm_model: str, llm_api_key: str, models_dir: Path) -> dict[str, Stage]:
    return {
        "asr": {
            "ENGINE": "gpu_tasks.engines.asr.whisper.FasterWhisper",
            "OPTIONS": {"model": "base", "cache_dir": str(models_dir)},
        },
        "llm": {
            "ENGINE": "gpu_tasks.engines.llm.openai.OpenAIChat",
            "OPTIONS": {"url": llm_url, "model": llm_model, "api_key": llm_api_key},
        },
        "tts": {"ENGINE": "gpu_tasks.engines.tts.hibari.HibariVoice", "OPTIONS": {}},
        "avatar": {"ENGINE": "gpu_tasks.engines.avatar.cpu.CpuAvatar", "OPTIONS": {}},
        "embedding": {"ENGINE": "gpu_tasks.engines.embedding.use.UniversalSentenceEncoder", "OPTIONS": {}},
    }


PROFILES = {"cpu": cpu}
