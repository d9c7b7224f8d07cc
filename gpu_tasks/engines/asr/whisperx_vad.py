"""Where somebody speaks, by the model that faster-whisper's package carries: those of WhisperX come from a hub, or as
a pickle. Imported only where WhisperX is."""

from collections.abc import Mapping, Sequence
from typing import Any

from faster_whisper.vad import VadOptions, get_speech_timestamps
from whisperx.diarize import Segment
from whisperx.vads import Vad

from gpu_tasks.engines.asr import decoding
from gpu_tasks.engines.asr.base import SAMPLE_RATE, Pcm

WINDOW_SECONDS = 30
"""What Whisper hears at once."""
OPTIONS = VadOptions(**decoding.VAD, max_speech_duration_s=WINDOW_SECONDS)


def speech_in(samples: Pcm) -> list[tuple[int, int]]:
    """From and to which sample."""
    return [(part["start"], part["end"]) for part in get_speech_timestamps(samples, OPTIONS)]


class PackagedVad(Vad):  # type: ignore[misc]
    def __init__(self) -> None:
        super().__init__(OPTIONS.threshold)

    def __call__(self, audio: Mapping[str, Any], **_: Any) -> list[Any]:
        return [Segment(start / SAMPLE_RATE, end / SAMPLE_RATE) for start, end in speech_in(audio["waveform"])]

    @staticmethod
    def preprocess_audio(audio: Pcm) -> Pcm:
        return audio

    @staticmethod
    def merge_chunks(
        segments: Sequence[Any], chunk_size: float, onset: float = 0.5, offset: float | None = None
    ) -> list[Any]:
        return list(Vad.merge_chunks(segments, chunk_size, onset, offset)) if segments else []
