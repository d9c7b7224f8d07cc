"""Which engine serves each stage. A profile sets all of them; STAGES in the environment overrides single ones."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

Stage = dict[str, Any]


@dataclass(frozen=True)
class Choices:
    """What a profile leaves open, as the settings found it in the environment."""

    llm_url: str
    llm_model: str
    llm_api_key: str
    context_tokens: int
    """Of a prompt and its reply."""
    demo_brain: bool
    models_dir: Path
    faces_dir: Path
    """Where an avatar engine keeps what it has prepared of each face."""
    tts: str
    device: str


def stages(profile: str, choices: Choices, overrides: Mapping[str, Stage]) -> dict[str, Stage]:
    return {**PROFILES[profile](choices), **overrides}


# Tokens of a prompt and its reply, where LLM_CONTEXT_TOKENS says nothing else
CONTEXT, DEMO_CONTEXT = 4096, 2048

# The embedded server has its own way of choosing words, and tells of its progress so that it can be stopped in it.
EMBEDDED: Stage = {"temperature": None, "extra": {"return_progress": True}}

SENTENCES: Stage = {"ENGINE": "gpu_tasks.engines.embedding.use.UniversalSentenceEncoder", "OPTIONS": {}}


def _server(choices: Choices) -> Stage:
    options = {"url": choices.llm_url, "model": choices.llm_model, "api_key": choices.llm_api_key}
    return {
        "ENGINE": "gpu_tasks.engines.llm.openai.OpenAIChat",
        "OPTIONS": {**options, **(EMBEDDED if choices.demo_brain else {})},
    }


def cpu(choices: Choices) -> dict[str, Stage]:
    return {
        "asr": {
            "ENGINE": "gpu_tasks.engines.asr.whisper.FasterWhisper",
            "OPTIONS": {"model": "base", "cache_dir": str(choices.models_dir)},
        },
        "llm": _server(choices),
        "tts": {"ENGINE": "gpu_tasks.engines.tts.voices.PackagedVoices", "OPTIONS": {}},
        "avatar": {"ENGINE": "gpu_tasks.engines.avatar.cpu.CpuAvatar", "OPTIONS": {}},
        "embedding": SENTENCES,
    }


# TTS in the environment: which of them is ready from the start. The others' voices can be chosen, too.
VOICES = ("bark", "kokoro")


def gpu(choices: Choices) -> dict[str, Stage]:
    """The folders are those that `manage.py fetch_models` fills."""

    def on_device(engine: str, model: str) -> Stage:
        return {"ENGINE": engine, "OPTIONS": {"model": str(choices.models_dir / model), "device": choices.device}}

    own_llm = on_device("gpu_tasks.engines.llm.llama_cpp.LlamaCpp", "llm/model.gguf")
    own_llm["OPTIONS"]["n_ctx"] = choices.context_tokens
    bark = {"model": str(choices.models_dir / "bark"), "device": choices.device}
    face = on_device("gpu_tasks.engines.avatar.musetalk.MuseTalk", "musetalk")
    face["OPTIONS"]["cache_dir"] = str(choices.faces_dir)
    return {
        "asr": on_device("gpu_tasks.engines.asr.whisperx.WhisperX", "whisperx"),
        "llm": _server(choices) if choices.llm_url else own_llm,
        "tts": {
            "ENGINE": "gpu_tasks.engines.tts.voices.AllVoices",
            "OPTIONS": {"first": choices.tts, "bark": bark},
        },
        "avatar": face,
        "embedding": SENTENCES,
    }


PROFILES = {"cpu": cpu, "gpu": gpu}
