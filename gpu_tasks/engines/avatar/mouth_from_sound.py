"""The mouth of a voice that does not tell its visemes, from the spectrum of what it says."""

import numpy as np
from numpy.typing import NDArray

from gpu_tasks.engines.avatar.loudness import HZ, reference, smooth

_WINDOW = 0.03
_FFT = 1024


def mouth_from_sound(
    pcm: NDArray[np.int16], sample_rate: int, loud: NDArray[np.float32], times: NDArray[np.float64]
) -> NDArray[np.float32]:
    """[len(times), 6] in the order of visemes.Mouth. `loud`: what loudness() says of the same pcm.

    The centre of the first formant's band tells how far the jaw is open, that of the second spread
    from rounded lips, energy above 3.5 kHz a hiss, for which the teeth close.
    """
    power = _spectrogram(pcm, sample_rate, len(loud))
    hertz = np.fft.rfftfreq(_FFT, 1 / sample_rate)

    def energy(low: float, high: float) -> NDArray[np.float64]:
        total: NDArray[np.float64] = power[:, (hertz >= low) & (hertz < high)].sum(1) + 1e-9
        return total

    def centre(low: float, high: float) -> NDArray[np.float64]:
        band = (hertz >= low) & (hertz < high)
        return power[:, band] @ hertz[band] / energy(low, high)

    force = np.clip((loud / reference(loud)) ** 0.7, 0, 1.1)
    hiss = np.clip(energy(3500, 8000) / energy(80, 8000) * 1.6, 0, 1)
    jaw = 0.95 * force * np.clip((centre(200, 1000) - 250) / 350, 0.35, 1) * (1 - 0.8 * hiss)
    wide = 0.8 * force * np.clip((centre(800, 2800) - 1450) / 600, -1, 1)
    wide = np.where(hiss > 0.5, 0.25, wide)
    lips = 0.12 * force
    none = np.zeros_like(jaw)
    curves = (jaw, wide, lips, lips + 0.1 * hiss * force, none, none)
    moments = np.arange(len(loud)) / HZ
    return np.stack([np.interp(times, moments, smooth(c, 0.02), right=0) for c in curves], 1).astype(np.float32)


def _spectrogram(pcm: NDArray[np.int16], sample_rate: int, moments: int) -> NDArray[np.float64]:
    window = min(int(_WINDOW * sample_rate), _FFT)
    samples = np.pad(pcm.astype(np.float64) / 32768, (window // 2, window))
    starts = (np.arange(moments) * sample_rate / HZ).astype(int)
    pieces = np.lib.stride_tricks.sliding_window_view(samples, window)[starts]
    power: NDArray[np.float64] = np.abs(np.fft.rfft(pieces * np.hanning(window), _FFT)) ** 2
    return power
