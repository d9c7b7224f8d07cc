"""MuseTalk 1.5's networks, from the folder in which they are published.

musetalkV15/  musetalk.json, unet.pth
sd-vae/       config.json, diffusion_pytorch_model.safetensors (or .bin)
whisper/      config.json, preprocessor_config.json, model.safetensors (or pytorch_model.bin)
"""

import logging
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from importlib import import_module
from pathlib import Path
from typing import Any

import numpy as np
import torch
from diffusers import AutoencoderKL, UNet2DConditionModel
from numpy.typing import NDArray

from gpu_tasks.engines.avatar.musetalk.hearing import Floats, Hearing
from gpu_tasks.engines.avatar.musetalk.weights import (
    filled,
    fingerprint,
    first_of,
    read_config,
    read_state,
    todays_names,
)
from gpu_tasks.engines.errors import EngineError, ModelMissing, OutOfMemory, is_out_of_memory

logger = logging.getLogger(__name__)

FACE = 256
"""Pixels, each way, of the faces that the networks see and paint."""
VAE_DECODER = "gpu_tasks.engines.avatar.musetalk.decoders.VaeDecoder"

Images = NDArray[np.uint8]
"""RGB, [number, FACE, FACE, 3]."""

# What musetalk.json says where diffusers would assume something else.
_UNET = {"in_channels": 8, "cross_attention_dim": 384, "sample_size": 64}


class Net:
    """Raises ModelMissing when made, OutOfMemory when used. Serves several threads."""

    def __init__(
        self,
        folder: Path,
        *,
        device: str = "cpu",
        dtype: str | None = None,
        compiled: bool = False,
        decoder: str = VAE_DECODER,
        decoder_options: Mapping[str, Any] | None = None,
    ) -> None:
        """`dtype`: by default float16 on a GPU, else float32. `compiled`: by torch.compile, which makes the start
        some minutes longer; where nothing can compile, the networks are used as they are. `decoder`: the dotted path
        of a class (see decoders)."""
        self._device = _device(device)
        self._dtype = _number(dtype, self._device)
        made = _named(decoder)
        with _memory():
            self._hearing = Hearing(folder / "whisper", device=self._device, dtype=self._dtype)
            self._unet = self._placed(_unet(folder / "musetalkV15", self._dtype))
            vae, vae_files = _vae(folder / "sd-vae", self._dtype)
            self._vae = self._placed(vae)
            _check_fit(folder, self._hearing, self._unet, self._vae)
            self._decode = made(self._vae, **(decoder_options or {}))
            if decoder != VAE_DECODER:
                self._vae.decoder = None
        self.fingerprint = fingerprint(*vae_files)
        """Of what prepared faces depend on."""
        if compiled:
            self._unet, self._decode = Compiled(self._unet), Compiled(self._decode)
        self._positions = _positions(self._hearing.tokens_per_frame, self._hearing.width)
        self._positions = self._positions.to(self._device, self._dtype)

    def tokens(self, sound: Floats) -> Floats:
        """What is heard in each whole frame of `sound` (mono, 16 kHz): [frames, tokens, width]."""
        with _memory():
            return self._hearing.tokens(sound)

    def positioned(self, tokens: Floats) -> torch.Tensor:
        return torch.from_numpy(np.ascontiguousarray(tokens)).to(self._device, self._dtype) + self._positions

    def encode(self, faces: Images) -> Floats:
        """[number, 8, 32, 32]: each face with its lower half hidden, and whole."""
        with _memory(), torch.inference_mode():
            planes = np.ascontiguousarray(faces.transpose(0, 3, 1, 2))
            whole = torch.from_numpy(planes).to(self._device, torch.float32) / 255
            hidden = whole.clone()
            hidden[:, :, faces.shape[1] // 2 :] = 0  # black, and that before 0..1 becomes -1..1
            both = (torch.cat([hidden, whole]) * 2 - 1).to(self._dtype)
            latents = self._vae.encode(both).latent_dist.mode() * self._vae.config.scaling_factor
            joined: Floats = torch.cat(latents.chunk(2), dim=1).float().cpu().numpy()
        return joined

    def paint(self, latents: Floats, tokens: Floats) -> Images:
        """The faces that say what was heard. One step, without noise."""
        with _memory(), torch.inference_mode():
            seen = torch.from_numpy(latents).to(self._device, self._dtype)
            if self._device.type == "cuda":
                seen = seen.contiguous(memory_format=torch.channels_last)
            moment = torch.zeros(1, device=self._device, dtype=torch.long)
            said = self._unet(seen, moment, encoder_hidden_states=self.positioned(tokens)).sample
            pixels = (self._decode(said).float() / 2 + 0.5).clamp(0, 1)
            painted: Images = (pixels * 255).round().to(torch.uint8).permute(0, 2, 3, 1).contiguous().cpu().numpy()
        return painted

    def _placed(self, module: Any) -> Any:
        module = module.to(self._device)
        return module.to(memory_format=torch.channels_last) if self._device.type == "cuda" else module


class Compiled:
    """A network that is compiled for each size of batch when it is first run with it: while warming up."""

    def __init__(self, network: Callable[..., Any]) -> None:
        self._network = network
        self._run: Callable[..., Any] = torch.compile(network, dynamic=False)

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        from torch._dynamo.exc import TorchDynamoException

        try:
            return self._run(*args, **kwargs)
        except TorchDynamoException as error:
            if is_out_of_memory(error):
                raise OutOfMemory(f"no room to compile: {str(error).splitlines()[0]}") from error
            said = " ".join(str(error).split())[:300]
            logger.warning("%s is not compiled and slower for it: %s", type(self._network).__name__, said)
            self._run = self._network
        return self._run(*args, **kwargs)


def _unet(folder: Path, dtype: torch.dtype) -> Any:
    described_in = folder / "musetalk.json"
    config = _UNET | read_config(described_in)
    file = first_of(folder, "unet.pth")
    return filled(lambda: UNet2DConditionModel.from_config(config), described_in, read_state(file), dtype, file)


def _vae(folder: Path, dtype: torch.dtype) -> tuple[Any, list[Path]]:
    described_in = folder / "config.json"
    config = read_config(described_in)
    file = first_of(folder, "diffusion_pytorch_model.safetensors", "diffusion_pytorch_model.bin")
    state = todays_names(read_state(file))
    return filled(lambda: AutoencoderKL.from_config(config), described_in, state, dtype, file), [described_in, file]


def _check_fit(folder: Path, hearing: Hearing, unet: Any, vae: Any) -> None:
    """Each may be whole, and yet of another model than the others. Raises ModelMissing."""
    latents = vae.config.latent_channels
    parts = {
        "what Whisper hears and what the UNet listens to": (hearing.width, unet.config.cross_attention_dim),
        "two latents of the VAE and what the UNet sees": (2 * latents, unet.config.in_channels),
        "a latent of the VAE and what the UNet paints": (latents, unet.config.out_channels),
    }
    wrong = [f"{names} ({one} and {other})" for names, (one, other) in parts.items() if one != other]
    if wrong:
        raise ModelMissing(f"the parts of {folder} are not of one model; these differ: {'; '.join(wrong)}")


def _positions(count: int, width: int) -> torch.Tensor:
    """[count, width]: sine and cosine in turn, of ever slower waves."""
    pace = torch.exp(torch.arange(0, width, 2) * (-np.log(10000.0) / width))
    angles = torch.arange(count)[:, None] * pace
    return torch.stack([angles.sin(), angles.cos()], dim=2).flatten(1)


def _device(name: str) -> torch.device:
    try:
        device = torch.device(name)
    except RuntimeError as error:
        raise EngineError(f"there is no kind of device {name!r}: cpu, cuda or cuda:0 is meant") from error
    if device.type == "cuda" and not torch.cuda.is_available():
        raise EngineError(f"MuseTalk is to run on {name}, but PyTorch finds no GPU (its driver? CUDA_VISIBLE_DEVICES?)")
    return device


def _number(name: str | None, device: torch.device) -> torch.dtype:
    if name is None:
        return torch.float16 if device.type == "cuda" else torch.float32
    if name not in ("float16", "bfloat16", "float32"):
        raise EngineError(f"MuseTalk computes in float16, bfloat16 or float32, not in {name!r}")
    return getattr(torch, name)


def _named(path: str) -> Any:
    module, _, name = path.rpartition(".")
    try:
        return getattr(import_module(module), name)
    except (ImportError, AttributeError, ValueError) as error:
        raise EngineError(f"there is no decoder {path}: {error}") from error


@contextmanager
def _memory() -> Iterator[None]:
    try:
        yield
    except torch.OutOfMemoryError as error:
        raise OutOfMemory(str(error).splitlines()[0]) from None
