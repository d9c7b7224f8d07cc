"""A recording is decoded elsewhere, and nobody hears a difference."""

import os
import signal
import socket
from collections.abc import Iterator

import numpy as np
import pytest

from gpu_tasks import audio, recordings
from tests.gpu_tasks.test_audio import FORMATS, NO_AUDIO, SHORT_WEBM, tone


@pytest.fixture(autouse=True)
def closed() -> Iterator[None]:
    yield
    recordings._decoder.close()


def test_what_is_decoded_is_the_same_to_the_sample() -> None:
    recordings.warm_up()
    for encoded in FORMATS.values():
        recording = encoded(tone(0.7))

        assert np.array_equal(recordings.decode(recording), audio.decode(recording))


def test_why_something_is_no_recording_is_said_in_the_same_words() -> None:
    for what, data in NO_AUDIO.items():
        with pytest.raises(audio.BadAudio) as there:
            recordings.decode(data)
        with pytest.raises(audio.BadAudio) as here:
            audio.decode(data)
        assert (what, str(there.value)) == (what, str(here.value))


def test_a_recording_that_is_too_long_is_known_as_one() -> None:
    with pytest.raises(audio.AudioTooLong):
        recordings.decode(audio.wav_bytes(tone(61), 48_000))


@pytest.mark.parametrize(("accident", "why"), [(signal.SIGSTOP, "silent"), (signal.SIGKILL, "crashed")])
def test_a_recording_whose_decoder_hangs_or_dies_cannot_be_read_and_the_next_one_can(
    monkeypatch: pytest.MonkeyPatch, accident: int, why: str
) -> None:
    recordings.warm_up()
    hand_in = recordings._decoder._hand_in

    def meets_an_accident(line: socket.socket) -> None:
        assert recordings._decoder._kept
        os.kill(recordings._decoder._kept[0].pid, signal.SIGSTOP)
        hand_in(line)
        os.kill(recordings._decoder._kept[0].pid, accident)

    with monkeypatch.context() as accidents:
        accidents.setattr(recordings._decoder, "_patience", 0.5)
        accidents.setattr(recordings._decoder, "_hand_in", meets_an_accident)
        with pytest.raises(audio.BadAudio, match=why):
            recordings.decode(SHORT_WEBM)

    assert np.array_equal(recordings.decode(SHORT_WEBM), audio.decode(SHORT_WEBM))
