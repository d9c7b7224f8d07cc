"""What Whisper has to be told before it listens, and what of its answer is believed, whatever runs it."""

import zlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

import numpy as np

from gpu_tasks.engines.asr.base import Pcm
from gpu_tasks.engines.errors import DeviceMissing, ModelMissing, OutOfMemory, is_out_of_memory

SHORTEST = 1_600
"""Samples (0.1 s); there is no word in less."""
# Beyond these a "transcript" is Whisper repeating itself over noise.
MAX_COMPRESSION = 2.4
MIN_LOGPROB = -1.2
# Without it Whisper mixes traditional characters in.
CHINESE_PROMPT = "以下是普通话的句子，使用简体中文。"
VAD: dict[str, int] = {"min_silence_duration_ms": 700, "speech_pad_ms": 300}
WITHOUT_SPACES = ("zh", "ja")
LONGEST_HINT = 200
"""Characters. A long prompt takes the place of what is said, and small models begin to repeat it."""
OTHER_LANGUAGE_ODDS = 9.0
"""So much more probable than the expected language another one must be. In short or accented speech the difference
is small, and in one time out of many it is the wrong way round."""


def check_files(folder: Path) -> None:
    """Raises ModelMissing. Without its tokenizer the library would quietly go to a hub for one."""
    for name in ("model.bin", "config.json", "tokenizer.json"):
        if not (folder / name).is_file():
            raise ModelMissing(f"{folder} has no {name}")
    if not any((folder / name).is_file() for name in ("vocabulary.txt", "vocabulary.json")):
        raise ModelMissing(f"{folder} has no vocabulary.txt or vocabulary.json")


@contextmanager
def loading(folder: Path, device: str) -> Iterator[None]:
    """Around the loading of a model by CTranslate2. Raises ModelMissing, DeviceMissing or OutOfMemory."""
    import ctranslate2

    check_files(folder)
    if device != "cpu" and not ctranslate2.get_cuda_device_count():
        raise DeviceMissing("hearing was to run on a GPU, and CTranslate2 finds none (driver? CUDA_VISIBLE_DEVICES?)")
    try:
        yield
    except Exception as error:
        if is_out_of_memory(error):
            raise OutOfMemory(f"no room for the model in {folder}: {error}") from error
        raise ModelMissing(f"{folder} does not hold a whole Whisper model for CTranslate2: {error}") from error


def samples(pcm: Pcm) -> Pcm | None:
    """As the models take them; None when there are too few for a word."""
    return np.ascontiguousarray(pcm, np.float32) if len(pcm) >= SHORTEST else None


def beam_size(language: str | None) -> int:
    """Chinese characters that sound alike are told apart only by what surrounds them."""
    return 5 if language == "zh" else 1


def initial_prompt(language: str | None) -> str | None:
    return CHINESE_PROMPT if language == "zh" else None


def hotwords(terms: Sequence[str]) -> str | None:
    """The terms as a prompt: those that fit, each once."""
    hint = ""
    for term in dict.fromkeys(" ".join(term.split()) for term in terms):
        longer = f"{hint}, {term}" if hint else term
        if term and len(longer) <= LONGEST_HINT:
            hint = longer
    return hint or None


def spoken(probabilities: Mapping[str, float], expected: str | None) -> str:
    """The language of a recording. What is expected counts for more than a narrow guess."""
    likeliest = max(probabilities, key=lambda language: probabilities[language])
    if expected is None or probabilities[likeliest] > OTHER_LANGUAGE_ODDS * probabilities.get(expected, 0.0):
        return likeliest
    return expected


def is_plausible(text: str, avg_logprob: float) -> bool:
    raw = text.encode()
    return avg_logprob >= MIN_LOGPROB and len(raw) <= MAX_COMPRESSION * len(zlib.compress(raw))


def joined(texts: Iterable[str], language: str | None) -> str:
    return ("" if language in WITHOUT_SPACES else " ").join(text.strip() for text in texts).strip()
