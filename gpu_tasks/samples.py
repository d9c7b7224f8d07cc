"""A voice and a face to be tried before they are chosen: a sentence, spoken by the stages that speak in a turn."""

import base64
import json
import logging
from typing import Any, TypedDict

from celery import chain, shared_task
from celery.canvas import Signature

from gpu_tasks import media, stages
from gpu_tasks.connections import redis_client
from gpu_tasks.engines.errors import EngineError
from gpu_tasks.events import AvatarRef

logger = logging.getLogger(__name__)

ANSWER_SECONDS = 60
FAILED_SECONDS = 30


class Sample(TypedDict):
    text: str
    language: str
    voice: str
    avatar: AvatarRef | None
    folder: str
    """Becomes `0.wav` and, with a face, `0.mp4` in it."""
    state: str
    """Redis key: there while it is made; afterwards, for a while, why it could not be."""


class SpokenSample(TypedDict):
    audio: str
    visemes: list[tuple[float, float, str]] | None


def make(sample: Sample) -> Signature:
    spoken = speak_sample.s(sample)
    return chain(spoken, animate_sample.s(sample)) if sample["avatar"] else spoken


@shared_task(queue="tts", expires=60)
def speak_sample(sample: Sample) -> SpokenSample:
    from gpu_tasks import audio
    from gpu_tasks.speakable import speakable

    try:
        speech = stages.tts().speak(speakable(sample["text"], sample["language"]), voice=sample["voice"])
    except EngineError as error:
        _failed(sample, error)
        raise
    spoken: SpokenSample = {
        "audio": media.save(f"{sample['folder']}0.wav", audio.wav_bytes(speech.pcm, speech.sample_rate)),
        "visemes": None if speech.visemes is None else [(v.start, v.end, v.shape) for v in speech.visemes],
    }
    if sample["avatar"] is None:
        redis_client().delete(sample["state"])
    return spoken


@shared_task(queue="avatar", expires=60)
def animate_sample(spoken: SpokenSample, sample: Sample) -> None:
    from gpu_tasks import fmp4
    from gpu_tasks.faces import face, speech_of

    assert sample["avatar"] is not None
    speech = speech_of(spoken["audio"], spoken["visemes"])
    engine = stages.avatar()
    try:
        frames = engine.animate(speech, face(sample["avatar"]))
        pieces = fmp4.fragments(frames, speech.pcm, speech.sample_rate, width=engine.width, height=engine.height)
        media.save(f"{sample['folder']}0.mp4", b"".join(piece for piece, _ in pieces))
    except (EngineError, FileNotFoundError) as error:
        _failed(sample, error)
        raise
    redis_client().delete(sample["state"])


def _failed(sample: Sample, error: Exception) -> None:
    logger.warning("sample of %s: %s", sample["voice"], error)
    redis_client().set(sample["state"], f"failed: {error}", ex=FAILED_SECONDS)


@shared_task(queue="avatar", expires=10)
def draw_still(features: dict[str, Any], answer_to: str) -> None:
    """An illustrated tutor as a form describes him. The answer, a JPEG or why there is none, goes to a Redis list."""
    from gpu_tasks import faces

    try:
        answer = {"jpeg": base64.b64encode(faces.still(features)).decode()}
    except EngineError as error:
        answer = {"problem": str(error)}
    with redis_client().pipeline() as pipe:
        pipe.rpush(answer_to, json.dumps(answer))
        pipe.expire(answer_to, ANSWER_SECONDS)
        pipe.execute()
