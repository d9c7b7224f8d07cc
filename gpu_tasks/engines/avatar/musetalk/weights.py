"""Weights from files that somebody downloaded: only tensors are read, never code."""

import hashlib
import json
import pickle
import re
import zipfile
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import torch
from safetensors import SafetensorError
from safetensors.torch import load_file

from gpu_tasks.engines.errors import ModelMissing

State = dict[str, torch.Tensor]

_UNREADABLE = (OSError, EOFError, RuntimeError, ValueError, KeyError, SafetensorError)


def first_of(folder: Path, *names: str) -> Path:
    """Raises ModelMissing."""
    for name in names:
        if (folder / name).is_file():
            return folder / name
    raise ModelMissing(f"{folder / ' or '.join(names)} is not there: the folder of MuseTalk's weights is not complete")


def read_config(file: Path) -> dict[str, Any]:
    """Without the keys that only say who wrote it. Raises ModelMissing."""
    try:
        config = json.loads(first_of(file.parent, file.name).read_text("utf-8"))
    except ValueError as error:
        raise ModelMissing(f"{file} is damaged: {error}") from error
    if not isinstance(config, dict):
        raise ModelMissing(f"{file} does not describe a model")
    return {key: value for key, value in config.items() if not key.startswith("_")}


def read_state(file: Path) -> State:
    """Raises ModelMissing, and says what is wrong with the file."""
    try:
        if file.suffix == ".safetensors":
            state = load_file(file)
        else:
            # only PyTorch's newer format, a zip, can be mapped
            state = torch.load(file, map_location="cpu", weights_only=True, mmap=zipfile.is_zipfile(file))
    except pickle.UnpicklingError as error:  # its words advise to run the code, which is no advice to pass on
        if "unsupported" in str(error).lower():
            raise ModelMissing(f"{file} is refused: it holds code besides weights") from error
        raise ModelMissing(f"{file} is damaged or incomplete") from error
    except _UNREADABLE as error:
        raise ModelMissing(f"{file} is damaged or incomplete ({type(error).__name__}: {_brief(error)})") from error
    if not isinstance(state, dict) or not all(
        isinstance(key, str) and isinstance(value, torch.Tensor) for key, value in state.items()
    ):
        raise ModelMissing(f"{file} holds no plain table of weights")
    return state


def described(make: Callable[[], Any], file: Path) -> Any:
    """What a library makes of a configuration. Raises ModelMissing when it cannot."""
    try:
        return make()
    except Exception as error:  # each library checks a configuration in its own way, or stumbles over it
        raise ModelMissing(f"{file} describes no model that can be made: {_brief(error)}") from error


def filled(
    make: Callable[[], Any], config: Path, state: Mapping[str, torch.Tensor], dtype: torch.dtype, file: Path
) -> Any:
    """The module that `make` makes of `config`, with all its weights from `file`. Raises ModelMissing when they do
    not fit."""
    state = {key: value.to(dtype) if value.is_floating_point() else value for key, value in state.items()}
    with torch.device("meta"):  # no memory and no time for random weights
        module = described(make, config)
    try:
        module.load_state_dict(state, strict=True, assign=True)
    except (RuntimeError, TypeError, ValueError, KeyError, AttributeError) as error:
        raise ModelMissing(f"{file} is not the model that its configuration describes: {_brief(error)}") from error
    return module.requires_grad_(False).eval()


_OLD_ATTENTION = re.compile(r"(mid_block\.attentions\.\d+)\.(query|key|value|proj_attn)\.")
_NEW_ATTENTION = {"query": "to_q", "key": "to_k", "value": "to_v", "proj_attn": "to_out.0"}


def todays_names(state: State) -> State:
    """A VAE's weights under the names that its attention has had since 2023."""
    renamed = {}
    for key, value in state.items():
        old = _OLD_ATTENTION.search(key)
        if old:
            key = _OLD_ATTENTION.sub(rf"\1.{_NEW_ATTENTION[old[2]]}.", key)
            if value.dim() == 4:  # then they were convolutions of one pixel
                value = value[:, :, 0, 0]
        renamed[key] = value
    return renamed


def encoder_only(state: State) -> State:
    """A Whisper model's encoder, of a file that was saved with or without its head."""
    plain = {key.removeprefix("model."): value for key, value in state.items()}
    return {key.removeprefix("encoder."): value for key, value in plain.items() if key.startswith("encoder.")}


def fingerprint(*files: Path) -> str:
    digest = hashlib.sha256()
    for file in files:
        with file.open("rb") as stream:
            digest.update(hashlib.file_digest(stream, "sha256").digest())
    return digest.hexdigest()


def _brief(error: Exception) -> str:
    return " ".join(str(error).split())[:300]
