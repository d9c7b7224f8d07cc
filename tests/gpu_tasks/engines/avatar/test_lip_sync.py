"""The mouth that is seen follows the voice that is heard: measured on decoded video of real speech."""

import io

import av
import numpy as np
import pytest
from numpy.typing import NDArray

from gpu_tasks.engines.avatar.base import FPS, Avatar
from gpu_tasks.engines.avatar.cpu import CpuAvatar
from gpu_tasks.engines.tts.base import Speech
from gpu_tasks.engines.tts.hibari import HibariVoice
from gpu_tasks.fmp4 import fragments

SENTENCE = "Hello! Today we will learn about photosynthesis. Why do leaves look green?"


@pytest.fixture(scope="module")
def speech() -> Speech:
    return HibariVoice().speak(SENTENCE, voice="heart")


@pytest.fixture(scope="module")
def opening(speech: Speech, engine: CpuAvatar, ada: Avatar) -> NDArray[np.int_]:
    """Of every decoded frame: the pixels between the lips, which are darker or whiter than lips and skin."""
    size = engine.width
    pieces = fragments(engine.animate(speech, ada), speech.pcm, speech.sample_rate, width=size, height=size)
    file = b"".join(piece.data for piece in pieces)
    with av.open(io.BytesIO(file)) as container:
        mouths = [f.to_ndarray(format="rgb24")[138:168, 110:146].astype(int) for f in container.decode(video=0)]
    return np.array([((m.max(-1) < 100) | (m.min(-1) > 205)).sum() for m in mouths])


def loudness(speech: Speech, frames: int) -> NDArray[np.float64]:
    """Root mean square of the 40 ms around the time of each frame."""
    samples = np.pad(speech.pcm / 32768, (480, 24_000))
    return np.array([np.sqrt(np.mean(samples[n * 960 : (n + 1) * 960] ** 2)) for n in range(frames)])


def test_the_mouth_is_open_when_the_voice_is_loud(speech: Speech, opening: NDArray[np.int_]) -> None:
    assert speech.sample_rate == 24_000
    assert np.corrcoef(opening, loudness(speech, len(opening)))[0, 1] >= 0.5


def test_the_mouth_is_closed_in_the_pauses(speech: Speech, opening: NDArray[np.int_]) -> None:
    loud = loudness(speech, len(opening))
    # in the middle of 120 ms of silence and more
    silent = np.convolve(loud < 0.003, np.ones(3), "same") == 3

    assert silent.sum() >= 3
    assert opening[silent].max() <= 0.1 * opening.max()


def test_the_mouth_closes_for_good_when_the_speech_ends(speech: Speech, opening: NDArray[np.int_]) -> None:
    assert len(opening) >= speech.duration * FPS
    assert opening[0] == opening[-1] == 0
