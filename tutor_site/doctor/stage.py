"""One stage's engine, in the Python and with the card of its worker: loaded, warmed, and given one real item."""

import time
from collections.abc import Callable
from pathlib import Path
from typing import Literal

from django.conf import settings
from pydantic import BaseModel

from gpu_tasks import audio, devices, stages
from gpu_tasks.engines.asr.base import SAMPLE_RATE
from gpu_tasks.engines.avatar.base import FPS, Avatar
from gpu_tasks.engines.avatar.characters import CHARACTERS
from gpu_tasks.engines.errors import EngineError
from gpu_tasks.engines.llm.base import Message
from gpu_tasks.engines.tts.base import Speech
from tutor_site.doctor import EXPECTED_WORD, QUESTION

StageName = Literal["asr", "llm", "tts", "avatar"]
PROMPT: list[Message] = [
    {"role": "system", "content": "You are a teacher. Answer in a few short sentences."},
    {"role": "user", "content": "What do plants need to grow?"},
]
REPLY_TOKENS = 48
SENTENCE = "Plants need light, water and air, and some warmth helps them to grow."
# As fast as a voice speaks, with the pauses between sentences to spare: some three words a second.
TOKENS_PER_SECOND = 5.0


class Speed(BaseModel):
    value: float
    needed: float
    unit: str
    said: str
    """What came of it, for a person to look at."""


class Finding(BaseModel):
    engine: str
    card: str = "CPU"
    load_seconds: float = 0.0
    memory: int = 0
    """Of the process at its height, in bytes; 0 where the system does not tell."""
    gpu_memory: int = 0
    budget: int = 0
    """Of GPU memory, as the workers' file says."""
    speed: Speed | None = None
    voice: str = ""
    """That spoke; empty for the other stages."""
    error: str = ""

    @property
    def is_fit(self) -> bool:
        return not self.error and self.speed is not None and self.speed.value >= self.speed.needed


def examine(stage: StageName) -> Finding:
    finding = Finding(engine=settings.STAGES[stage]["ENGINE"].rpartition(".")[2])
    try:
        free = _card(finding)
        began = time.monotonic()
        stages.engine(stage).warm_up()
        finding.load_seconds = time.monotonic() - began
        if stage == "tts":
            finding.voice = _english_voice()
        finding.speed = ITEMS[stage]()
        if free is not None:
            finding.gpu_memory = devices.taken(settings.WORKER_GPU, free)
    except (EngineError, devices.Unfit) as error:
        finding.error = f"{error.code}: {error}"
    except ImportError as error:
        finding.error = f"not in this environment: {error}"
    finding.memory = _highest_memory()
    return finding


def _highest_memory() -> int:
    """Not getrusage's, which on Linux begins with what the process had that started this one."""
    status = Path("/proc/self/status")
    lines = status.read_text().splitlines() if status.exists() else []
    return next((int(line.split()[1]) * 1024 for line in lines if line.startswith("VmHWM")), 0)


def _card(finding: Finding) -> int | None:
    """What is free of the worker's card before anything is loaded."""
    if not settings.WORKER_GPU:
        return None
    finding.budget = settings.WORKER_GPU_MEMORY
    devices.check_room(settings.WORKER_GPU, finding.budget)
    cards = devices.visible(settings.WORKER_GPU)
    finding.card = ", ".join(f"GPU {card.index} {card.name}" for card in cards)
    return sum(card.free for card in cards)


def _hear() -> Speed:
    pcm = audio.decode(QUESTION.read_bytes())
    began = time.monotonic()
    transcript = stages.asr().transcribe(pcm, language="en")
    took = time.monotonic() - began
    if EXPECTED_WORD not in transcript.text.lower():
        raise EngineError(f"heard {transcript.text!r} instead of a question about {EXPECTED_WORD}")
    return Speed(value=len(pcm) / SAMPLE_RATE / took, needed=1, unit="× real time", said=transcript.text)


def _think() -> Speed:
    began = time.monotonic()
    first, pieces = 0.0, []
    for piece in stages.llm().reply(PROMPT, max_tokens=REPLY_TOKENS):
        first = first or time.monotonic()
        pieces.append(piece)
    if not pieces:
        raise EngineError("the model answered nothing")
    said = f"{''.join(pieces).strip()} (first word after {first - began:.1f} s)"
    spent = max(time.monotonic() - first, 1e-3)
    return Speed(value=max(len(pieces) - 1, 1) / spent, needed=TOKENS_PER_SECOND, unit="tokens/s", said=said)


def _english_voice() -> str:
    voices = stages.tts().voices
    english = [name for name, voice in voices.items() if voice.language == "en"]
    if not english:
        raise EngineError(f"none of its voices speaks English: {', '.join(voices)}")
    return english[0]


def _speak() -> Speed:
    engine, voice = stages.tts(), _english_voice()
    began = time.monotonic()
    speech = engine.speak(SENTENCE, voice=voice)
    took = time.monotonic() - began
    if speech.duration < 1:
        raise EngineError(f"{voice} spoke a whole sentence in {speech.duration:.1f} s")
    said = f"{voice}: {speech.duration:.1f} s"
    return Speed(value=speech.duration / took, needed=1, unit="× real time", said=said)


def _animate() -> Speed:
    pcm = (audio.decode(QUESTION.read_bytes()) * 32767).astype("int16")
    name, features = next(iter(CHARACTERS.items()))
    face = Avatar(avatar_id=f"doctor_{name}", kind="illustrated", features=features)
    engine = stages.avatar()
    speech = Speech(pcm, SAMPLE_RATE, None)
    # A face is prepared once, not in each turn.
    next(iter(engine.idle(face)))
    began = time.monotonic()
    frames = sum(1 for _ in engine.animate(speech, face))
    said = f"{frames} frames of {engine.width}×{engine.height}"
    return Speed(value=frames / (time.monotonic() - began), needed=FPS, unit="frames/s", said=said)


ITEMS: dict[StageName, Callable[[], Speed]] = {"asr": _hear, "llm": _think, "tts": _speak, "avatar": _animate}
