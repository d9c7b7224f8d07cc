"""hibari's acoustic model: phonemes to sound, with the time of each phoneme and another pitch if wanted."""

import logging
from pathlib import Path
from typing import NamedTuple

import numpy as np

from gpu_tasks.engines.tts.english import English
from gpu_tasks.engines.tts.loudness import Samples
from gpu_tasks.engines.tts.onnx_outputs import with_output
from gpu_tasks.engines.tts.pronunciation import Sentence, phonemes

log = logging.getLogger(__name__)

SAMPLE_RATE = 24_000
DURATIONS = "/Clip_output_0"
"""The tensor of hibari 0.2.1 that holds each symbol's time, in units of DURATION_HOP samples."""
DURATION_HOP = 600
LOW_BINS = 150
"""Of the spectrum's 601: up to 3 kHz, where a voiced sound is made of harmonics."""
VOICED_FROM_HZ = 40.0


class Timbre(NamedTuple):
    """How a voice differs from the packaged one."""

    pitch: float = 1.0
    formants: float = 1.0
    """1.06: as from a vocal tract 6 % shorter."""
    residue_db: float = 0.0
    """Takes back that part of a voiced sound which keeps the packaged voice's own pitch."""


class Sound(NamedTuple):
    samples: Samples
    seconds: list[float] | None
    """Of the pad before the phonemes, of each known phoneme, and of the pad behind; None if not told."""


class HibariModel:
    def __init__(self, *, threads: int = 1) -> None:
        from hibari import Hibari, dsp
        from hibari.voices import DEFAULT, voice_path
        from onnxruntime.capi.onnxruntime_pybind11_state import Fail

        model = Path(voice_path(DEFAULT, download_missing=False)).read_bytes()
        self._synth = dsp.synth
        self._english = English()
        self.tells_times = True
        try:
            # onnxruntime, to which hibari hands its `model` on, takes the bytes as well as a path
            self._hibari = Hibari(model=with_output(model, DURATIONS), threads=threads)
        except Fail as error:
            log.warning("hibari's phoneme times cannot be had: %s", error)
            self._hibari = Hibari(model=model, threads=threads)
            self.tells_times = False
        if self.tells_times and not self._times_add_up():
            log.warning("hibari's phoneme times do not add up to its sound: not used")
            self.tells_times = False

    def sentences(self, text: str) -> list[Sentence]:
        return self._english.sentences(text)

    def sound(self, sentence: Sentence, timbre: Timbre) -> Sound:
        """Not trimmed, at SAMPLE_RATE; the tempo does not depend on the timbre."""
        # spoken faster or slower by as much as the change of rate stretches it
        inputs = {
            "ids": np.asarray([self._hibari.ids(phonemes(sentence))], np.int64),
            "speed": np.asarray([1 / timbre.formants], np.float32),
        }
        lh, theta, ln, lr, phi, f0, *durations = self._hibari.sess.run(None, inputs)
        pitch = f0[0] * np.float32(timbre.pitch / timbre.formants)
        lr[0][:LOW_BINS, pitch > VOICED_FROM_HZ] -= timbre.residue_db * np.log(10) / 20
        samples = self._synth(lh[0], theta[0], ln[0], lr[0], phi[0], pitch, np.random.default_rng(0))
        seconds = None
        if self.tells_times:
            seconds = (durations[0].reshape(-1) * (DURATION_HOP / SAMPLE_RATE / timbre.formants)).tolist()
        return Sound(_faster(samples, timbre.formants), seconds)

    def _times_add_up(self) -> bool:
        sound = self.sound(self.sentences("One, two.")[0], Timbre())
        return sound.seconds is not None and round(sum(sound.seconds) * SAMPLE_RATE) == len(sound.samples)


def _faster(samples: Samples, factor: float) -> Samples:
    """Raise every frequency by `factor`, and shorten the sound by as much."""
    if factor == 1.0:
        return samples
    from av import AudioFrame, AudioResampler

    frame = AudioFrame.from_ndarray(samples.reshape(1, -1), format="flt", layout="mono")
    frame.sample_rate = round(SAMPLE_RATE * factor)
    resampler = AudioResampler(format="flt", layout="mono", rate=SAMPLE_RATE)
    parts = [*resampler.resample(frame), *resampler.resample(None)]
    return np.concatenate([part.to_ndarray().reshape(-1) for part in parts])
