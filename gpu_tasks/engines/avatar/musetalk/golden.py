"""How far our networks are from the official classes, on a folder that holds what those gave."""

import zipfile
from dataclasses import dataclass
from pathlib import Path

import av
import numpy as np
from av.audio.resampler import AudioResampler

from gpu_tasks.engines.avatar.batcher import SIZES
from gpu_tasks.engines.avatar.musetalk.engine import batcher
from gpu_tasks.engines.avatar.musetalk.hearing import RATE, Floats
from gpu_tasks.engines.avatar.musetalk.net import FACE, Net
from gpu_tasks.engines.errors import ModelMissing

TOKENS, LATENTS, PIXELS = 1e-5, 2e-3, 2 / 255


@dataclass(frozen=True, slots=True)
class Differences:
    """The greatest ones; infinite where not even the number of values is the same."""

    tokens: float
    latents: float
    pixels: float
    """0..1"""

    @property
    def small(self) -> bool:
        return self.tokens <= TOKENS and self.latents <= LATENTS and self.pixels <= PIXELS


def compare(folder: Path, net: Net) -> Differences:
    """`folder`: speech.wav and expected.npz beside the weights. Raises ModelMissing, EngineError."""
    try:
        with np.load(folder / "expected.npz", allow_pickle=False) as expected:
            faces, tokens, latents, numbers, frames = (
                expected[name] for name in ("faces_rgb", "audio_tokens", "latents", "frame_index", "frames_rgb")
            )
        sound = _sound(folder / "speech.wav")
    except (OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile, av.error.FFmpegError) as error:
        raise ModelMissing(f"{folder} does not say what to expect: {type(error).__name__}: {error}") from error
    heard, seen = net.tokens(sound), net.encode(faces)
    path = [*range(len(faces)), *reversed(range(len(faces)))]
    known = [number for number in numbers.tolist() if number < len(heard)]
    items = ((seen[path[number % len(path)]], heard[number]) for number in known)
    painted = np.array(list(batcher(net, SIZES).map(items)), np.uint8).reshape(-1, FACE, FACE, 3)
    return Differences(_most(heard, tokens), _most(seen, latents), _most(painted, frames) / 255)


def _most(ours: np.ndarray, theirs: np.ndarray) -> float:
    if ours.shape != theirs.shape:
        return float("inf")
    return float(np.abs(ours.astype(np.float64) - theirs).max(initial=0))


def _sound(file: Path) -> Floats:
    """Mono, 16 kHz, -1..1."""
    resampler = AudioResampler(format="flt", layout="mono", rate=RATE)
    with av.open(str(file)) as container:
        heard = [piece for frame in container.decode(audio=0) for piece in resampler.resample(frame)]
    if heard:
        heard += resampler.resample(None)
    return np.concatenate([np.zeros(0, np.float32), *(piece.to_ndarray()[0] for piece in heard)])
