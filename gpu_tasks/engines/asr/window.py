from typing import Any

import numpy as np
from faster_whisper import WhisperModel
from numpy.typing import NDArray

SILENCE, STEP = 600, 100
"""Frames of 10 ms: what is kept of the silence behind the sound, and to whole multiples of what. With three seconds and
less Whisper may not notice the end of a short question, and writes it again."""
RANGE = 2.0
"""From the loudest to what counts as silence, on the scale of Whisper's spectra (80 dB)."""


class ShortWindow(WhisperModel):
    """Whisper listens to thirty seconds, whatever was said, and that is most of its time: of what was said in two, it
    listens to eight."""

    def encode(self, features: NDArray[np.float32]) -> Any:
        parts = features if features.ndim == 3 else features[None]
        # Where there is no sound any more faster-whisper has put zeros.
        spoken = [int(np.flatnonzero(part.any(axis=0)).max(initial=-1)) + 1 for part in parts]
        window = parts[..., : -(-(max(spoken) + SILENCE) // STEP) * STEP].copy()
        for part, end in zip(window, spoken, strict=True):
            # In a spectrum zeros are a noise; Whisper has learnt with silence there.
            part[:, end:] = part[:, :end].max(initial=0.0) - RANGE
        return super().encode(window if features.ndim == 3 else window[0])
