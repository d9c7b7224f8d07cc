"""Where a recording speaks, and how loud it should be."""

import numpy as np
from numpy.typing import NDArray

Samples = NDArray[np.float32]

TARGET = 10 ** (-20 / 20)
"""-20 dBFS, the RMS of the frames that speak."""
PEAK = 0.97
KNEE = 0.7
"""The limiter leaves samples below this alone."""
MAX_GAIN = 10.0
SPEAKS = 10 ** (-40 / 20)
"""Of the loudest frame: what is quieter is silence."""
FRAME_SECONDS = 0.01
MARGIN_SECONDS = 0.05


def speech_bounds(samples: Samples, rate: int) -> tuple[int, int]:
    """First and last sample of the speech, with 50 ms of the silence around it; (0, 0) without any."""
    frame = int(rate * FRAME_SECONDS)
    (loud,) = np.nonzero(_speaking(_frames_rms(samples, frame)))
    if not len(loud):
        return 0, 0
    margin = int(rate * MARGIN_SECONDS)
    return max(0, int(loud[0]) * frame - margin), min(len(samples), (int(loud[-1]) + 1) * frame + margin)


def normalised(samples: Samples, rate: int) -> NDArray[np.int16]:
    rms = _frames_rms(samples, int(rate * FRAME_SECONDS))
    loud = rms[_speaking(rms)]
    gain = min(TARGET / float(np.sqrt(np.mean(loud**2))), MAX_GAIN) if len(loud) else 1.0
    return np.round(_limited(samples * np.float32(gain)) * 32767).astype(np.int16)


def _limited(samples: Samples) -> Samples:
    over = np.maximum(np.abs(samples) - KNEE, 0)
    bent = KNEE + (PEAK - KNEE) * np.tanh(over / (PEAK - KNEE))
    return np.where(over > 0, np.sign(samples) * bent, samples).astype(np.float32)


def _frames_rms(samples: Samples, frame: int) -> Samples:
    padded = np.pad(samples, (0, -len(samples) % frame))
    rms: Samples = np.sqrt(np.mean(padded.reshape(-1, frame) ** 2, axis=1))
    return rms


def _speaking(rms: Samples) -> NDArray[np.bool_]:
    speaking: NDArray[np.bool_] = rms > rms.max(initial=0) * SPEAKS
    return speaking
