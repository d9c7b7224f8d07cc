"""How far our networks are from the official classes, on a folder that holds what those gave."""

import zipfile
import zlib
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

import av
import numpy as np
from av.audio.resampler import AudioResampler
from numpy.typing import NDArray

from gpu_tasks.engines.avatar.batcher import SIZES
from gpu_tasks.engines.avatar.musetalk.engine import batcher
from gpu_tasks.engines.avatar.musetalk.hearing import RATE, Floats
from gpu_tasks.engines.avatar.musetalk.net import Images, Net
from gpu_tasks.engines.errors import EngineError, ModelMissing

TOKENS, LATENTS, PIXELS = 1e-5, 2e-3, 2 / 255
_UNREADABLE = (
    *(OSError, ValueError, LookupError, EOFError, MemoryError, NotImplementedError, zipfile.BadZipFile, zlib.error),
    av.error.FFmpegError,
)


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


@dataclass(frozen=True, slots=True)
class _Expected:
    """What expected.npz holds."""

    faces_rgb: Images
    audio_tokens: Floats
    latents: Floats
    frame_index: NDArray[np.integer[Any]]
    frames_rgb: Images

    def __post_init__(self) -> None:
        """Raises ValueError."""
        for field in fields(self):
            kinds, dimensions = _FORM[field.name]
            array = getattr(self, field.name)
            if array.dtype.kind not in kinds or array.ndim != dimensions:
                raise ValueError(f"{field.name} is an array of {array.dtype} with {array.ndim} dimensions")
        if not len(self.faces_rgb) or self.faces_rgb.shape[3] != 3:
            raise ValueError(f"faces_rgb holds no RGB pictures: {self.faces_rgb.shape}")


_FORM = {
    "faces_rgb": ("u", 4),
    "audio_tokens": ("f", 3),
    "latents": ("f", 4),
    "frame_index": ("iu", 1),
    "frames_rgb": ("u", 4),
}
"""For each array the kinds of its numbers, as numpy calls them, and how many dimensions it has."""


def compare(folder: Path, net: Net) -> Differences:
    """`folder`: speech.wav and expected.npz beside the weights. Raises ModelMissing, EngineError."""
    try:
        # numpy would leave a file open that it cannot read
        with (folder / "expected.npz").open("rb") as file, np.load(file, allow_pickle=False) as archive:
            expected = _Expected(*(archive[field.name] for field in fields(_Expected)))
        sound = _sound(folder / "speech.wav")
    except _UNREADABLE as error:
        raise ModelMissing(f"{folder} does not say what to expect: {type(error).__name__}: {error}") from error
    try:
        return _differences(expected, sound, net)
    except (RuntimeError, ValueError) as error:  # whatever torch thinks of pictures and networks that do not fit
        raise EngineError(f"{folder} cannot be computed: {' '.join(str(error).split())[:300]}") from error


def _differences(expected: _Expected, sound: Floats, net: Net) -> Differences:
    faces = expected.faces_rgb
    heard, seen = net.tokens(sound), net.encode(faces)
    path = [*range(len(faces)), *reversed(range(len(faces)))]
    known = [number for number in expected.frame_index.tolist() if 0 <= number < len(heard)]
    items = ((seen[path[number % len(path)]], heard[number]) for number in known)
    painted = np.array(list(batcher(net, SIZES).map(items)), np.uint8).reshape(-1, *faces.shape[1:])
    return Differences(
        tokens=_most(heard, expected.audio_tokens),
        latents=_most(seen, expected.latents),
        pixels=_most(painted, expected.frames_rgb) / 255,
    )


def _most(ours: np.ndarray, theirs: np.ndarray) -> float:
    if ours.shape != theirs.shape:
        return float("inf")
    return float(np.abs(ours.astype(np.float64) - theirs).max(initial=0))


def _sound(file: Path) -> Floats:
    """Mono, 16 kHz, -1..1."""
    resampler = AudioResampler(format="fltp", rate=RATE)
    with av.open(str(file)) as container:
        heard = [piece for frame in container.decode(audio=0) for piece in resampler.resample(frame)]
    if not heard:
        return np.zeros(0, np.float32)
    heard += resampler.resample(None)
    # The mean, as librosa mixes: the resampler itself would mix two channels to one that is louder.
    return np.concatenate([piece.to_ndarray().mean(0) for piece in heard])
