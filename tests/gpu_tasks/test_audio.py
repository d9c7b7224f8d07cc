import io
import random
import struct
from pathlib import Path
from typing import Any

import av
import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from numpy.typing import NDArray

from gpu_tasks import audio
from gpu_tasks.audio import AudioTooLong, BadAudio, decode, read_wav, wav_bytes

RATE = 48_000
SPEECH = Path(__file__).parent.parent / "data" / "speech"


def tone(seconds: float, *, hertz: float = 440.0) -> NDArray[np.int16]:
    return (np.sin(2 * np.pi * hertz * np.arange(int(seconds * RATE)) / RATE) * 12_000).astype(np.int16)


def encoded(samples: NDArray[np.int16], container: str, codec: str, **options: str) -> bytes:
    file = io.BytesIO()
    with av.open(file, "w", format=container, options=options) as out:
        stream: Any = out.add_stream(codec, rate=RATE, layout="mono")
        resampler = av.AudioResampler(
            format=stream.codec_context.format or "s16", layout="mono", rate=RATE, frame_size=stream.frame_size or 1024
        )
        frame = av.AudioFrame.from_ndarray(samples.reshape(1, -1), format="s16", layout="mono")
        frame.sample_rate = RATE
        for part in (*resampler.resample(frame), *resampler.resample(None)):
            out.mux(stream.encode(part))
        out.mux(stream.encode(None))
    return file.getvalue()


def webm(samples: NDArray[np.int16]) -> bytes:
    """As a browser's MediaRecorder writes it: live, of unknown length."""
    return encoded(samples, "webm", "libopus", live="1")


def loudest_hertz(pcm: NDArray[np.float32]) -> float:
    return float(np.argmax(np.abs(np.fft.rfft(pcm))) * 16_000 / len(pcm))


FORMATS = {
    "webm of Chrome": webm,
    "ogg of Firefox": lambda samples: encoded(samples, "ogg", "libopus"),
    "fragmented mp4 of Safari": lambda samples: encoded(
        samples, "mp4", "aac", movflags="frag_keyframe+empty_moov+default_base_moof"
    ),
    "m4a": lambda samples: encoded(samples, "ipod", "aac"),
    "mp3": lambda samples: encoded(samples, "mp3", "libmp3lame"),
    "flac": lambda samples: encoded(samples, "flac", "flac"),
    "wav": lambda samples: wav_bytes(samples, RATE),
}


@pytest.mark.parametrize("name", FORMATS)
def test_what_browsers_and_people_send_is_decoded(name: str) -> None:
    pcm = decode(FORMATS[name](tone(2.0)))

    assert pcm.dtype == np.float32
    assert len(pcm) / 16_000 == pytest.approx(2.0, abs=0.1)
    assert loudest_hertz(pcm) == pytest.approx(440, abs=2)
    assert np.abs(pcm).max() == pytest.approx(12_000 / 32_768, rel=0.25)


def test_stereo_becomes_mono() -> None:
    file = io.BytesIO()
    with av.open(file, "w", format="wav") as out:
        stream: Any = out.add_stream("pcm_s16le", rate=RATE, layout="stereo")
        frame = av.AudioFrame.from_ndarray(np.repeat(tone(0.5), 2).reshape(1, -1), format="s16", layout="stereo")
        frame.sample_rate = RATE
        out.mux(stream.encode(frame))

    assert len(decode(file.getvalue())) / 16_000 == pytest.approx(0.5, abs=0.01)


def test_a_recording_that_breaks_off_is_decoded_as_far_as_it_goes() -> None:
    whole = webm(tone(4.0))

    assert 1.0 < len(decode(whole[: len(whole) // 2])) / 16_000 < 3.0


def test_a_damaged_recording_is_decoded_around_the_damage() -> None:
    whole = bytearray(webm(tone(4.0)))
    middle = len(whole) // 2
    whole[middle : middle + 60] = random.Random(1).randbytes(60)

    assert len(decode(bytes(whole))) / 16_000 > 1.0


def playlist() -> bytes:
    path = (SPEECH / "order-1.wav").resolve()
    return f"#EXTM3U\n#EXT-X-TARGETDURATION:10\n#EXTINF:10,\nfile://{path}\n#EXT-X-ENDLIST\n".encode()


def concat_script() -> bytes:
    return f"ffconcat version 1.0\nfile '{(SPEECH / 'order-1.wav').resolve()}'\n".encode()


def wav_header(*, channels: int = 1, rate: int = 16_000, codec: int = 1) -> bytes:
    data = bytes(32_000)
    form = struct.pack("<HHIIHH", codec, channels, rate, rate * channels * 2, channels * 2, 16)
    body = b"WAVEfmt " + struct.pack("<I", len(form)) + form + b"data" + struct.pack("<I", len(data)) + data
    return b"RIFF" + struct.pack("<I", len(body)) + body


def video_only() -> bytes:
    file = io.BytesIO()
    with av.open(file, "w", format="webm") as out:
        stream: Any = out.add_stream("libvpx", rate=25)
        stream.width, stream.height, stream.pix_fmt = 64, 64, "yuv420p"
        for _ in range(5):
            out.mux(stream.encode(av.VideoFrame.from_ndarray(np.zeros((64, 64, 3), np.uint8), format="rgb24")))
        out.mux(stream.encode(None))
    return file.getvalue()


NO_AUDIO = {
    "nothing": b"",
    "4 kB of noise": random.Random(0).randbytes(4_000),
    "2 MB of noise": random.Random(0).randbytes(2_000_000),
    "zeros": bytes(100_000),
    "text": b"Good morning, this is a text. " * 50,
    "html": b"<html><body>504 Gateway Time-out</body></html>",
    "a picture": b"\x89PNG\r\n\x1a\n" + bytes(200),
    "the first 200 bytes of a webm": webm(tone(1.0))[:200],
    "a later part of a webm": webm(tone(4.0))[4_000:],
    "pictures without sound": video_only(),
    "a playlist of local files": playlist(),
    "a list of local files": concat_script(),
    "a wav of 64 channels": wav_header(channels=64),
    "a wav of 2 GHz": wav_header(rate=2_000_000_000),
    "a wav of 1 Hz": wav_header(rate=1),
    "a wav of another codec": wav_header(codec=0x0055),
    "a wav without a sample": wav_bytes(np.zeros(0, np.int16), 16_000),
}


@pytest.mark.parametrize("name", NO_AUDIO)
def test_what_is_no_recording_is_bad_audio(name: str) -> None:
    with pytest.raises(BadAudio):
        decode(NO_AUDIO[name])


@example(junk=b"\x00", at=297)  # leaves a stream without a decoder
@given(st.binary(max_size=400), st.integers(0, 2_000))
def test_no_bytes_lead_to_anything_but_sound_or_bad_audio(junk: bytes, at: int) -> None:
    whole = bytearray(SHORT_WEBM)
    whole[at : at + len(junk)] = junk
    try:
        pcm = decode(bytes(whole))
    except BadAudio:
        return
    assert pcm.ndim == 1


SHORT_WEBM = webm(tone(0.5))


def test_too_many_bytes_are_not_looked_at() -> None:
    with pytest.raises(AudioTooLong):
        decode(bytes(1_001), max_bytes=1_000)


def test_sound_up_to_the_limit_is_taken() -> None:
    assert len(decode(wav_bytes(tone(2.0), RATE), max_seconds=2.0)) == 32_000


@pytest.mark.parametrize(("container", "codec"), [("flac", "flac"), ("webm", "libopus")])
def test_a_small_file_of_many_minutes_is_given_up_at_the_limit(
    container: str, codec: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    decoded = 0

    class Counting:
        def __init__(self, **options: Any) -> None:
            self._resampler = av.AudioResampler(**options)

        def resample(self, frame: av.AudioFrame | None) -> list[av.AudioFrame]:
            nonlocal decoded
            out = self._resampler.resample(frame)
            decoded += sum(part.samples for part in out)
            return out

    monkeypatch.setattr(audio, "AudioResampler", Counting)
    silence = encoded(np.zeros(5 * 60 * RATE, np.int16), container, codec)
    assert len(silence) < audio.MAX_BYTES
    with pytest.raises(AudioTooLong):
        decode(silence, max_seconds=10)

    assert decoded < 12 * 16_000


def test_errors_have_their_codes() -> None:
    assert (BadAudio.code, AudioTooLong.code) == ("bad_audio", "audio_too_long")


@given(st.lists(st.integers(-32_768, 32_767), max_size=300), st.sampled_from([8_000, 16_000, 24_000, 48_000]))
def test_a_wav_is_read_as_it_was_written(samples: list[int], rate: int) -> None:
    pcm, sample_rate = read_wav(wav_bytes(np.array(samples, np.int16), rate))

    assert pcm.tolist() == samples
    assert sample_rate == rate
