"""A tutor's greeting, spoken with the face: made once, when nobody needs the workers."""

import logging
from collections.abc import Iterable, Iterator
from typing import Any, TypedDict, TypeVar

from celery import shared_task
from celery.exceptions import Ignore

from gpu_tasks import media, stages
from gpu_tasks.cancellation import Needed
from gpu_tasks.events import AvatarRef

logger = logging.getLogger(__name__)

T = TypeVar("T")


class Greeting(TypedDict):
    tutor_id: int
    made_for: str
    text: str
    language: str
    voice: str
    avatar: AvatarRef
    folder: str
    on_end: str


class Clip(TypedDict):
    """What came of it. Media keys; `words` are CaptionWords."""

    duration_ms: int
    audio: str
    video: str
    visemes: list[tuple[float, float, str]] | None
    words: list[dict[str, Any]] | None


@shared_task(queue="tts")
def speak_greeting(greeting: Greeting) -> Clip:
    from gpu_tasks import audio
    from gpu_tasks.captions import captions
    from gpu_tasks.speakable import speakable

    _give_way(greeting)
    said = speakable(greeting["text"], greeting["language"])
    speech = stages.tts().speak(said, voice=greeting["voice"], cancelled=Needed().now)
    _give_way(greeting)
    duration_ms = round(speech.duration * 1000)
    words = None if speech.words is None else captions(greeting["text"], speech.words, duration_ms)
    return {
        "duration_ms": duration_ms,
        "audio": media.save(f"{greeting['folder']}0.wav", audio.wav_bytes(speech.pcm, speech.sample_rate)),
        "video": "",
        "visemes": None if speech.visemes is None else [(v.start, v.end, v.shape) for v in speech.visemes],
        "words": None if words is None else [word.model_dump() for word in words],
    }


@shared_task(queue="avatar")
def animate_greeting(clip: Clip, greeting: Greeting) -> None:
    from gpu_tasks import fmp4
    from gpu_tasks.faces import face, speech_of

    _give_way(greeting)
    speech = speech_of(clip["audio"], clip["visemes"])
    engine = stages.avatar()
    frames = _while_free(engine.animate(speech, face(greeting["avatar"])), greeting)
    pieces = fmp4.fragments(frames, speech.pcm, speech.sample_rate, width=engine.width, height=engine.height)
    whole = b"".join(piece for piece, _ in pieces)
    clip["video"] = media.save(f"{greeting['folder']}0.mp4", whole)
    _end(greeting, clip)


def _while_free(frames: Iterable[T], greeting: Greeting) -> Iterator[T]:
    needed = Needed()
    for frame in frames:
        if needed.now():
            _give_way(greeting)
        yield frame


def _give_way(greeting: Greeting) -> None:
    """To a turn, if one runs: the sweeper asks for the greeting again. Raises Ignore."""
    if Needed().now():
        logger.info("the greeting of tutor %s gives way to a turn", greeting["tutor_id"])
        _end(greeting, None)
        raise Ignore


def _end(greeting: Greeting, clip: Clip | None) -> None:
    speak_greeting.app.send_task(
        greeting["on_end"], args=[greeting["tutor_id"], greeting["made_for"], clip], queue="default"
    )
