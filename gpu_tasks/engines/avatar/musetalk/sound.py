import av
import numpy as np
from numpy.typing import NDArray

from gpu_tasks.engines.avatar.base import FPS
from gpu_tasks.engines.avatar.loudness import HZ, loudness, voiced
from gpu_tasks.engines.tts.base import Speech

RATE = 16_000
_NOTHING = 0.02  # less of the painted mouth than this is not seen


def at_16_khz(speech: Speech) -> NDArray[np.float32]:
    """-1..1."""
    if speech.sample_rate == RATE or not len(speech.pcm):
        return speech.pcm.astype(np.float32) / np.float32(32768)
    frame = av.AudioFrame.from_ndarray(speech.pcm[None], format="s16", layout="mono")
    frame.sample_rate = speech.sample_rate
    resampler = av.AudioResampler(format="fltp", layout="mono", rate=RATE)
    pieces = [piece.to_ndarray()[0] for piece in [*resampler.resample(frame), *resampler.resample(None)]]
    return np.concatenate(pieces)[: len(speech.pcm) * RATE // speech.sample_rate]


def shares(speech: Speech, frames: int) -> NDArray[np.float64]:
    """[frames]: how far the mouth follows the voice, 0..1. 0 in silence and at both ends, with soft edges."""
    loud = loudness(speech.pcm, speech.sample_rate)
    moments = np.arange(frames) / FPS + 0.5 / FPS
    heard = np.interp(moments, np.arange(len(loud)) / HZ, voiced(loud), right=0)
    ends = np.minimum(np.arange(frames), np.arange(frames)[::-1])
    shares = heard * np.clip(ends / 2, 0, 1)
    shares[shares < _NOTHING] = 0
    return shares
