"""What students say, decoded in a process of its own. `python -m gpu_tasks.recordings` is that process."""

import numpy as np

from gpu_tasks import audio, bounded
from gpu_tasks.audio import AudioTooLong, BadAudio
from gpu_tasks.engines.asr.base import SAMPLE_RATE, Pcm

MEMORY = 1024**3
CPU_SECONDS = 5
"""A minute of sound takes a fraction of one."""
PATIENCE = 15.0
_REFUSALS = {error.code: error for error in (BadAudio, AudioTooLong)}
_decoder = bounded.Kept("gpu_tasks.recordings", patience=PATIENCE)


def warm_up() -> None:
    decode(audio.wav_bytes(np.zeros(SAMPLE_RATE // 10, np.int16), SAMPLE_RATE))


def decode(data: bytes) -> Pcm:
    """As audio.decode. Raises BadAudio, also for a recording at which the process died, and AudioTooLong."""
    try:
        answer = _decoder.ask(data)
    except bounded.Died as died:
        raise BadAudio(f"its decoder died: {died}") from died
    code, _, rest = answer.partition(b"\n")
    if code:
        raise _REFUSALS[code.decode()](rest.decode())
    return np.frombuffer(rest, np.float32)


def decoded(data: bytes) -> bytes:
    """In that process: the code of a refusal, and why; or no code, and the samples."""
    try:
        return b"\n" + audio.decode(data).tobytes()
    except tuple(_REFUSALS.values()) as error:
        return f"{error.code}\n{error}".encode()


if __name__ == "__main__":
    bounded.serve(decoded, memory=MEMORY, cpu_seconds=CPU_SECONDS)
