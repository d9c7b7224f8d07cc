import logging
import os
import threading
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from gpu_tasks.engines.asr import decoding
from gpu_tasks.engines.asr.base import Pcm, Transcript
from gpu_tasks.engines.errors import OutOfMemory, is_out_of_memory

logger = logging.getLogger(__name__)

# Read when the libraries are imported: nothing is fetched, and nobody is told.
OFFLINE = {"HF_HUB_OFFLINE": "1", "PYANNOTE_METRICS_ENABLED": "false", "TOKENIZERS_PARALLELISM": "false"}


class WhisperX:
    """Whisper through WhisperX, all parts of a recording in one batch. `model`: a folder in CTranslate2's format.
    `compute_type`: as CTranslate2 calls it; by default float16 on a GPU, int8 without. `align`: by language, folders of
    wav2vec2 models that tell when each word was said.

    Lives in an environment of its own (docker/requirements-whisperx.txt).
    """

    def __init__(
        self,
        model: str,
        device: str = "cuda",
        compute_type: str = "",
        batch_size: int = 8,
        beam_size: int = 5,
        threads: int = 2,
        align: Mapping[str, str] | None = None,
    ) -> None:
        os.environ.update(OFFLINE)
        import whisperx

        from gpu_tasks.engines.asr.whisperx_alignment import Alignment
        from gpu_tasks.engines.asr.whisperx_vad import PackagedVad

        with decoding.loading(Path(model), device):
            self._pipeline = whisperx.load_model(
                model,
                device,
                compute_type=compute_type or ("int8" if device == "cpu" else "float16"),
                asr_options={"beam_size": beam_size},
                vad_model=PackagedVad(),
                local_files_only=True,
                threads=threads,
            )
        self._options = self._pipeline.options
        self._alignment = Alignment(align or {}, device)
        self._batch_size = batch_size
        # The pipeline keeps what it is told for one recording in itself.
        self._one_at_a_time = threading.Lock()

    def transcribe(self, pcm: Pcm, *, language: str | None = None, terms: Sequence[str] = ()) -> Transcript:
        from gpu_tasks.engines.asr.whisperx_vad import speech_in

        samples = decoding.samples(pcm)
        speech = [] if samples is None else speech_in(samples)
        if samples is None or not speech:
            return Transcript("", language)
        with self._one_at_a_time:
            heard = self._language(np.concatenate([samples[start:end] for start, end in speech]), language)
            self._pipeline.options = replace(
                self._options, initial_prompt=decoding.initial_prompt(heard), hotwords=decoding.hotwords(terms)
            )
            segments = self._segments(samples, heard)
            kept = [each for each in segments if decoding.is_plausible(each["text"], each["avg_logprob"])]
            words = self._alignment.words(kept, samples, heard)
        return Transcript(decoding.joined((each["text"] for each in kept), heard), heard, words)

    def warm_up(self) -> None:
        """Silence would not get past the detection of speech."""
        with self._one_at_a_time:
            model = self._pipeline.model
            list(model.transcribe(np.zeros(16_000, np.float32), language="en", temperature=0.0, vad_filter=False)[0])

    def _language(self, speech: Pcm, expected: str | None) -> str:
        model = self._pipeline.model
        if not model.model.is_multilingual:
            return "en"
        _, _, probabilities = model.detect_language(speech)
        return decoding.spoken(dict(probabilities), expected)

    def _segments(self, samples: Pcm, language: str) -> list[Any]:
        size = self._batch_size
        while True:
            try:
                found = self._pipeline.transcribe(samples, batch_size=size, language=language)
            except RuntimeError as error:
                if not is_out_of_memory(error):
                    raise
                if size == 1:
                    raise OutOfMemory(f"no room to hear a single piece: {error}") from error
                size //= 2
                logger.warning("out of memory: hearing goes on with %d pieces at once", size)
            else:
                return list(found["segments"])
