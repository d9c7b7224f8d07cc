from pathlib import Path
from typing import Any

import numpy as np

from gpu_tasks.engines.asr.base import Pcm, Transcript
from gpu_tasks.engines.asr.weights import packaged_base
from gpu_tasks.engines.errors import ModelMissing

SHORTEST = 1_600
"""Samples (0.1 s); there is no word in less."""
# Beyond these a "transcript" is Whisper repeating itself over noise.
MAX_COMPRESSION = 2.4
MIN_LOGPROB = -1.2
# Without it Whisper mixes traditional characters in.
CHINESE_PROMPT = "以下是普通话的句子，使用简体中文。"


class FasterWhisper:
    """Whisper through CTranslate2, int8. `model`: "base" for the packaged weights, or a directory."""

    def __init__(
        self,
        model: str = "base",
        cache_dir: str = "",
        threads: int = 2,
        compute_type: str = "int8",
        device: str = "cpu",
    ) -> None:
        from faster_whisper import WhisperModel

        folder = packaged_base(Path(cache_dir)) if model == "base" else Path(model)
        # Without its tokenizer the library would quietly go to a hub for one.
        for name in ("model.bin", "config.json", "tokenizer.json"):
            if not (folder / name).is_file():
                raise ModelMissing(f"{folder} has no {name}")
        self._model = WhisperModel(
            str(folder), device=device, compute_type=compute_type, cpu_threads=threads, local_files_only=True
        )

    def transcribe(self, pcm: Pcm, *, language: str | None = None) -> Transcript:
        if len(pcm) < SHORTEST:
            return Transcript("", language)
        chinese = language == "zh"
        segments, info = self._model.transcribe(
            pcm.astype(np.float32, copy=False),
            language=language,
            beam_size=5 if chinese else 1,
            # The fallback to higher temperatures takes half a minute on noise.
            temperature=0.0,
            condition_on_previous_text=False,
            vad_filter=True,
            vad_parameters={"min_silence_duration_ms": 700, "speech_pad_ms": 300},
            initial_prompt=CHINESE_PROMPT if chinese else None,
        )
        kept = [segment.text.strip() for segment in segments if _plausible(segment)]
        return Transcript(("" if chinese else " ").join(kept).strip(), info.language)

    def warm_up(self) -> None:
        self.transcribe(np.zeros(16_000, np.float32), language="en")


def _plausible(segment: Any) -> bool:
    return bool(segment.compression_ratio <= MAX_COMPRESSION and segment.avg_logprob >= MIN_LOGPROB)
