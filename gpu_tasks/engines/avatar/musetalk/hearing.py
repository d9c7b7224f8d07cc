"""What MuseTalk hears: the inner states of Whisper's encoder, around each frame."""

import math
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from transformers import WhisperConfig, WhisperFeatureExtractor
from transformers.models.whisper.modeling_whisper import WhisperEncoder

from gpu_tasks.engines.avatar.base import FPS
from gpu_tasks.engines.avatar.musetalk.weights import (
    described,
    encoder_only,
    filled,
    first_of,
    read_config,
    read_state,
)
from gpu_tasks.engines.errors import ModelMissing

RATE = 16_000
_ROWS = 50  # of the encoder, a second
_PER_FRAME = _ROWS // FPS
_BEFORE, _AFTER = 2, 2  # frames that are heard around one

Floats = NDArray[np.float32]


class Hearing:
    def __init__(self, folder: Path, *, device: torch.device, dtype: torch.dtype) -> None:
        """`folder`: config.json, preprocessor_config.json and the weights of a Whisper. Raises ModelMissing."""
        model, sound = folder / "config.json", folder / "preprocessor_config.json"
        read = read_config(model)
        config = described(lambda: WhisperConfig.from_dict(read), model)
        read_sound = read_config(sound)
        self._mel = described(lambda: WhisperFeatureExtractor.from_dict(read_sound), sound)
        bins, samples = config.num_mel_bins, config.max_source_positions * RATE // _ROWS
        if (self._mel.feature_size, self._mel.n_samples) != (bins, samples):
            heard = f"{self._mel.feature_size} bands of {self._mel.n_samples} samples"
            raise ModelMissing(f"{sound} has {heard}, but {model} wants {bins} of {samples}")
        file = first_of(folder, "model.safetensors", "pytorch_model.bin")
        encoder = filled(lambda: WhisperEncoder(config), model, encoder_only(read_state(file)), dtype, file)
        self._encoder = encoder.to(device)
        self._device, self._dtype = device, dtype
        self.width = int(config.d_model)
        self.tokens_per_frame = (_BEFORE + 1 + _AFTER) * _PER_FRAME * (int(config.encoder_layers) + 1)

    def tokens(self, sound: Floats) -> Floats:
        """Of each frame of `sound` (mono, 16 kHz): [frames, 50, width], not writable.

        As many frames as the sound has whole ones.
        """
        # in this order, rounding included, as MuseTalk was trained: 1.16 s have 28 frames
        seconds = len(sound) / RATE
        frames, rows = math.floor(seconds * FPS), math.floor(seconds * _ROWS)
        if not frames:
            return np.zeros((0, self.tokens_per_frame, self.width), np.float32)
        step = self._mel.n_samples
        states = np.concatenate([self._states(sound[start : start + step]) for start in range(0, len(sound), step)])
        padded = np.pad(states[:rows], ((_BEFORE * _PER_FRAME, _AFTER * 3 * _PER_FRAME), (0, 0), (0, 0)))
        flat = padded.reshape(-1, self.width)
        windows = np.lib.stride_tricks.sliding_window_view(flat, self.tokens_per_frame, axis=0)
        every = _PER_FRAME * states.shape[1]
        return windows[: frames * every : every].transpose(0, 2, 1)

    def _states(self, piece: Floats) -> Floats:
        """[rows, layers + 1, width], of the whole 30 s that Whisper always hears."""
        mel = self._mel(piece, sampling_rate=RATE, return_tensors="pt").input_features
        with torch.inference_mode():
            heard = self._encoder(mel.to(self._device, self._dtype), output_hidden_states=True)
            states: Floats = torch.stack(heard.hidden_states, dim=2)[0].float().cpu().numpy()
        return states
