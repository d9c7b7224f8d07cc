"""Suno's Bark through transformers: text to sound, a batch at a time."""

import json
import pickle
import threading
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from gpu_tasks.engines.errors import DeviceMissing, EngineError, ModelMissing, OutOfMemory, is_out_of_memory
from gpu_tasks.engines.tts.loudness import Samples

MIN_EOS_P = 0.2
"""Bark ends when it thinks with this probability that it should: later, it goes on with noise and words of its own."""
PRESETS = Path(__file__).with_name("data") / "bark"
WEIGHTS = ("model.safetensors", "model.safetensors.index.json", "pytorch_model.bin", "pytorch_model.bin.index.json")
TOKENIZER = ("tokenizer.json", "vocab.txt")


class Cancelled(Exception):
    """The turn is not wanted any more."""


class BarkModel:
    """One sound at a time: the card has no room for more, and torch one source of chance."""

    def __init__(self, folder: Path, device: str) -> None:
        import torch
        from safetensors import SafetensorError

        _check(folder)
        if device.startswith("cuda") and not torch.cuda.is_available():
            raise DeviceMissing("Bark was to run on a GPU, and torch finds none (driver? CUDA_VISIBLE_DEVICES?)")
        self._torch = torch
        self._one_at_a_time = threading.Lock()
        try:
            self._load(folder, device)
        except (OSError, ValueError, KeyError, RuntimeError, pickle.UnpicklingError, SafetensorError) as error:
            if is_out_of_memory(error):
                raise OutOfMemory(f"no room for Bark: {error}") from error
            raise ModelMissing(f"{folder} does not hold a whole Bark for transformers: {error}") from error
        self.sample_rate: int = self._model.generation_config.sample_rate
        self.batches = device.startswith("cuda")
        """Whether several texts at once are quicker than one after the other."""

    def sounds(self, texts: Sequence[str], *, preset: str, seed: int, cancelled: Callable[[], bool]) -> list[Samples]:
        """The same seed and texts give the same sound. Raises Cancelled."""
        torch = self._torch
        criteria = [_StopWhen(cancelled)]
        with self._one_at_a_time, torch.random.fork_rng(), torch.inference_mode():
            torch.manual_seed(seed)
            try:
                sound, lengths = self._model.generate(
                    **self._inputs(texts, preset),
                    min_eos_p=MIN_EOS_P,
                    semantic_stopping_criteria=criteria,
                    coarse_stopping_criteria=criteria,
                    return_output_lengths=True,
                )
            except RuntimeError as error:
                if is_out_of_memory(error):
                    raise OutOfMemory(f"no room to speak: {error}") from error
                raise EngineError(f"Bark failed: {error}") from error
        return [each[:length] for each, length in zip(sound.float().cpu().numpy(), lengths, strict=True)]

    def _load(self, folder: Path, device: str) -> None:
        from transformers import BarkModel as Model
        from transformers import BarkProcessor

        dtype = self._torch.float16 if device.startswith("cuda") else self._torch.float32
        self._processor: Any = BarkProcessor.from_pretrained(
            folder, speaker_embeddings_dict_path=None, local_files_only=True
        )
        model, report = Model.from_pretrained(
            folder, local_files_only=True, weights_only=True, dtype=dtype, output_loading_info=True
        )
        if lacking := sorted(report["missing_keys"]):
            raise ModelMissing(f"Bark's weights in {folder} lack {len(lacking)} tensors: {', '.join(lacking[:3])} ...")
        self._model: Any = model.to(device).eval()

    def _inputs(self, texts: Sequence[str], preset: str) -> dict[str, Any]:
        prompt = {name: array.astype(np.int64) for name, array in np.load(PRESETS / f"{preset}.npz").items()}
        return dict(self._processor(list(texts), voice_preset=prompt).to(self._model.device))


class _StopWhen:
    """One of transformers' stopping criteria: it is asked after each token."""

    def __init__(self, cancelled: Callable[[], bool]) -> None:
        self._cancelled = cancelled

    def __call__(self, tokens: Any, scores: Any, **_: Any) -> Any:
        if self._cancelled():
            raise Cancelled
        return tokens.new_zeros(len(tokens), dtype=bool)


def _check(folder: Path) -> None:
    """What transformers would pass over in silence, or say in other words."""
    try:
        kind = json.loads((folder / "config.json").read_text()).get("model_type")
    except (OSError, ValueError) as error:
        raise ModelMissing(f"there is no Bark in {folder}: {error}") from error
    if kind != "bark":
        raise ModelMissing(f"{folder} holds a model of another kind: {kind}")
    for files in (WEIGHTS, TOKENIZER):
        if not any((folder / name).is_file() for name in files):
            raise ModelMissing(f"Bark in {folder} is not whole: {' or '.join(files)} is wanted")
