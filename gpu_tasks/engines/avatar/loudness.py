"""How loud speech is over time, and when it is silent."""

import numpy as np
from numpy.typing import NDArray

HZ = 100
"""Values a second of every track in this module: value i belongs to the time i / HZ."""

Track = NDArray[np.float32]

_WINDOW = 0.03
_SILENCE = 0.004  # -48 dBFS: speech arrives at about -20, room noise of a trimmed voice far below
_HANGOVER = 0.07  # a stop consonant is a shorter silence than this and must not close the mouth by itself


def loudness(pcm: NDArray[np.int16], sample_rate: int) -> Track:
    """Root mean square over 30 ms, 0..1 of full scale, at HZ from time 0 to the end of `pcm`."""
    energy = np.concatenate([[0.0], np.cumsum(np.square(pcm.astype(np.float64) / 32768))])
    centres = np.arange(int(len(pcm) / sample_rate * HZ) + 1) * (sample_rate / HZ)
    half = _WINDOW / 2 * sample_rate
    low = np.clip(np.round(centres - half), 0, len(pcm)).astype(int)
    high = np.clip(np.round(centres + half), 0, len(pcm)).astype(int)
    power: NDArray[np.float64] = (energy[high] - energy[low]) / (2 * half)
    return np.sqrt(power).astype(np.float32)


def reference(loud: Track) -> float:
    """How loud a stressed syllable of this speech is."""
    heard = loud[loud > _SILENCE]
    return float(np.percentile(heard, 85)) if len(heard) else 1.0


def voiced(loud: Track) -> Track:
    """1 while something is said, 0 in silence, with soft edges."""
    reach = round(_HANGOVER * HZ)
    heard = loud > max(_SILENCE, 0.04 * reference(loud))
    heard = np.convolve(np.pad(heard, reach), np.ones(2 * reach + 1), "valid") > 0
    return np.clip(smooth(heard.astype(np.float32), 0.03), 0, 1)


def smooth(track: Track, sigma: float, hz: int = HZ) -> Track:
    """Gaussian smoothing over `sigma` seconds; beyond its ends a track goes on as it ended."""
    reach = max(1, round(3 * sigma * hz))
    kernel = np.exp(-0.5 * (np.arange(-reach, reach + 1) / (sigma * hz)) ** 2)
    padded = np.pad(track, reach, mode="edge")
    return np.convolve(padded, kernel / kernel.sum(), "valid").astype(np.float32)
