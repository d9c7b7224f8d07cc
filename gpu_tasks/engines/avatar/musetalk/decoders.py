"""From latents to pixels: the slowest step of all, and so one that the configuration may replace.

A decoder is a class made with the VAE it replaces and the options of the configuration, and called with latents
[batch, 4, 32, 32] as the UNet makes them; it answers [batch, 3, 256, 256], -1..1.
"""

from pathlib import Path
from typing import Any, Protocol

import torch
from diffusers import AutoencoderTiny

from gpu_tasks.engines.avatar.musetalk.weights import filled, first_of, read_config, read_state


class Decoder(Protocol):
    def __call__(self, latents: torch.Tensor) -> torch.Tensor: ...


class VaeDecoder:
    """The one that belongs to the model."""

    def __init__(self, vae: Any) -> None:
        self._vae = vae

    def __call__(self, latents: torch.Tensor) -> torch.Tensor:
        return self._vae.decode(latents / self._vae.config.scaling_factor).sample


class TinyDecoder:
    """A small autoencoder for the same latents (TAESD): several times as quick, a little softer."""

    def __init__(self, vae: Any, *, weights: str) -> None:
        """`weights`: the folder of an AutoencoderTiny. Raises ModelMissing."""
        folder = Path(weights)
        described_in = folder / "config.json"
        config = read_config(described_in)
        file = first_of(folder, "diffusion_pytorch_model.safetensors", "diffusion_pytorch_model.bin")
        tiny = filled(lambda: AutoencoderTiny.from_config(config), described_in, read_state(file), vae.dtype, file)
        self._tiny = tiny.to(vae.device)

    def __call__(self, latents: torch.Tensor) -> torch.Tensor:
        return self._tiny.decode(latents).sample
