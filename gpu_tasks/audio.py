"""Sound in and out: uploads are decoded within bounds, speech is kept as WAV."""

import io
import wave

import av
import numpy as np
from av.audio.resampler import AudioResampler
from numpy.typing import NDArray

from gpu_tasks.engines.asr.base import SAMPLE_RATE, Pcm
from gpu_tasks.engines.errors import EngineError

MAX_SECONDS = 60.0
MAX_BYTES = 10 * 1024 * 1024
MAX_BAD_PACKETS = 50
# FFmpeg reads many formats, some of which open files and addresses by themselves (playlists). These do not.
_OPTIONS = {
    "format_whitelist": "matroska,webm,ogg,wav,mov,mp4,m4a,mp3,flac,aac",
    "codec_whitelist": "opus,libopus,vorbis,aac,mp3float,mp3,flac,pcm_s16le,pcm_s24le,pcm_s32le,pcm_f32le,pcm_u8",
    "protocol_whitelist": "",
    "probesize": "1000000",
    "analyzeduration": "5000000",
}


class BadAudio(EngineError):
    """Not a recording, or one that cannot be read."""

    code = "bad_audio"


class AudioTooLong(EngineError):
    code = "audio_too_long"
    retryable = False


def decode(data: bytes, *, max_seconds: float = MAX_SECONDS, max_bytes: int = MAX_BYTES) -> Pcm:
    """A recording as mono float32 at 16 kHz. Of one that breaks off, what is there.

    Never takes a path: FFmpeg would follow what the file refers to. Stops at the limit, so that a small file that
    unpacks to hours costs no more than the seconds allowed. Raises BadAudio, AudioTooLong.
    """
    if len(data) > max_bytes:
        raise AudioTooLong(f"{len(data)} bytes")
    if not data:
        raise BadAudio("empty")
    try:
        return _decode(data, int(max_seconds * SAMPLE_RATE))
    except (av.error.FFmpegError, OSError, ValueError, IndexError) as error:
        raise BadAudio(f"{type(error).__name__}: {error}") from error


def _decode(data: bytes, limit: int) -> Pcm:
    pieces: list[Pcm] = []
    count = bad = 0
    with av.open(io.BytesIO(data), "r", metadata_errors="ignore", options=_OPTIONS) as container:
        if not container.streams.audio:
            raise BadAudio("no sound in it")
        stream = container.streams.audio[0]
        context = stream.codec_context
        if context is None:  # a broken header leaves a stream without a decoder
            raise BadAudio("an unknown kind of sound")
        if not 8_000 <= (context.sample_rate or 0) <= 192_000 or context.layout.nb_channels > 8:
            raise BadAudio(f"{context.sample_rate} Hz, {context.layout.nb_channels} channels")
        resampler = AudioResampler(format="flt", layout="mono", rate=SAMPLE_RATE)
        for packet in container.demux(stream):
            try:
                frames = packet.decode()
            except av.error.InvalidDataError:
                bad += 1
                if bad > MAX_BAD_PACKETS:
                    raise
                continue
            for frame in [*frames, *([None] if packet.dts is None else [])]:
                if frame is not None:
                    frame.pts = None
                for resampled in resampler.resample(frame):
                    pieces.append(resampled.to_ndarray().reshape(-1).astype(np.float32, copy=False))
                    count += len(pieces[-1])
            if count > limit:
                raise AudioTooLong(f"more than {limit / SAMPLE_RATE:.0f} s")
    if not count:
        raise BadAudio("no samples in it")
    return np.concatenate(pieces)


def wav_bytes(pcm: NDArray[np.int16], sample_rate: int) -> bytes:
    """Mono, 16 bits."""
    buffer = io.BytesIO()
    with wave.open(buffer, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(sample_rate)
        file.writeframes(pcm.astype("<i2").tobytes())
    return buffer.getvalue()


def read_wav(data: bytes) -> tuple[NDArray[np.int16], int]:
    """What `wav_bytes` wrote: samples and sample rate."""
    with wave.open(io.BytesIO(data)) as file:
        return np.frombuffer(file.readframes(file.getnframes()), "<i2").astype(np.int16), file.getframerate()
