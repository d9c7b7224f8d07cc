from collections.abc import Sequence
from pathlib import Path

import numpy as np

from gpu_tasks.engines.asr import decoding
from gpu_tasks.engines.asr.base import Pcm, Transcript
from gpu_tasks.engines.asr.weights import packaged_base


class FasterWhisper:
    """Whisper through CTranslate2, int8. `model`: "base" for the packaged weights, or a directory. Takes the language
    it is told: to detect it costs as much again as to transcribe."""

    def __init__(
        self,
        model: str = "base",
        cache_dir: str = "",
        threads: int = 2,
        compute_type: str = "int8",
        device: str = "cpu",
    ) -> None:
        from faster_whisper import BatchedInferencePipeline

        from gpu_tasks.engines.asr.window import ShortWindow

        folder = packaged_base(Path(cache_dir)) if model == "base" else Path(model)
        with decoding.loading(folder, device):
            loaded = ShortWindow(
                str(folder), device=device, compute_type=compute_type, cpu_threads=threads, local_files_only=True
            )
        # Cuts what is longer than a window where nobody speaks; Whisper does not have to say how far it came.
        self._pipeline = BatchedInferencePipeline(loaded)

    def transcribe(self, pcm: Pcm, *, language: str | None = None, terms: Sequence[str] = ()) -> Transcript:
        samples = decoding.samples(pcm)
        if samples is None:
            return Transcript("", language)
        segments, info = self._pipeline.transcribe(
            samples,
            language=language,
            beam_size=decoding.beam_size(language),
            # The fallback to higher temperatures takes half a minute on noise.
            temperature=0.0,
            # Asked for times as well, in a short window it writes a short question twice or more.
            without_timestamps=True,
            vad_parameters=decoding.VAD,
            initial_prompt=decoding.initial_prompt(language),
            hotwords=decoding.hotwords(terms),
        )
        kept = [each.text for each in segments if decoding.is_plausible(each.text, each.avg_logprob)]
        return Transcript(decoding.joined(kept, language), info.language)

    def warm_up(self) -> None:
        self.transcribe(np.zeros(16_000, np.float32), language="en")
