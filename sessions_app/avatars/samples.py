"""A voice that is heard and a face that is seen speaking before a tutor gets them: made once, then kept."""

import base64
import hashlib
import json
import uuid
from typing import Any, Literal, TypedDict, cast

from django.conf import settings
from django.core.files.storage import default_storage

from gpu_tasks import samples, voices, worker
from gpu_tasks.connections import redis_client
from sessions_app.media_urls import url
from sessions_app.models import Avatar
from sessions_app.pipeline import avatar_ref

MAKING_SECONDS = 90
STILL_SECONDS = 8
NOBODY = "No worker of the stage “{}” is running, so there is nothing to be heard or seen just now."
FAILED = "This could not be made. The worker's log says why."
UNKNOWN = "There is no such voice."


class Answer(TypedDict, total=False):
    state: Literal["ready", "making", "failed"]
    url: str | None
    problem: str


def of_voice(name: str) -> Answer:
    return _sample(name, None)


def of_face(avatar: Avatar, voice: str) -> Answer:
    if not avatar.prepared:
        return {"state": "failed", "problem": "This face is not prepared yet."}
    return _sample(voice, avatar)


def still_of(features: dict[str, Any]) -> tuple[bytes, str]:
    """A JPEG of an illustrated tutor, or why there is none. The web process cannot draw, so it asks a worker."""
    if not worker.alive("avatar"):
        return b"", NOBODY.format("avatar")
    answer_to = f"still:{uuid.uuid4().hex}"
    samples.draw_still.apply_async((features, answer_to))
    reply = redis_client().blpop([answer_to], timeout=STILL_SECONDS)
    if not reply:
        return b"", "The worker that draws is busy. Please try again in a moment."
    answer = json.loads(cast(tuple[bytes, bytes], reply)[1])
    return base64.b64decode(answer.get("jpeg", "")), answer.get("problem", "")


def _sample(name: str, avatar: Avatar | None) -> Answer:
    voice = voices.offered().get(name)
    if voice is None:
        return {"state": "failed", "problem": UNKNOWN}
    made_of = [settings.STAGES["tts"]["ENGINE"], name, voice.sample]
    made_for = hashlib.sha256(json.dumps(made_of).encode()).hexdigest()[:32]
    folder = f"{avatar.folder}speaks/{made_for}/" if avatar else f"samples/{made_for}/"
    key = f"{folder}0.mp4" if avatar else f"{folder}0.wav"
    state = f"sample:{key}"
    if default_storage.exists(key):
        return {"state": "ready", "url": url(key)}
    for stage in ("tts", "avatar") if avatar else ("tts",):
        if not worker.alive(stage):
            return {"state": "failed", "problem": NOBODY.format(stage)}
    if redis_client().set(state, "making", nx=True, ex=MAKING_SECONDS):
        sample: samples.Sample = {
            "text": voice.sample,
            "language": voice.language,
            "voice": name,
            "avatar": avatar_ref(avatar) if avatar else None,
            "folder": folder,
            "state": state,
        }
        samples.make(sample).apply_async()
    elif redis_client().get(state) not in (b"making", None):
        return {"state": "failed", "problem": FAILED}
    return {"state": "making"}
