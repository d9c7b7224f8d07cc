"""Keeps a clip of each tutor's greeting, as faces are kept prepared."""

import random

from celery import chain, shared_task
from django.conf import settings

from gpu_tasks import media, turn_log
from gpu_tasks.connections import redis_client
from gpu_tasks.greetings import Clip, Greeting, animate_greeting, speak_greeting
from sessions_app.models import Avatar, GreetingClip, Tutor
from sessions_app.pipeline import avatar_ref
from sessions_app.tasks import PREPARING

PREPARE_SECONDS = 180
LOOKED = "greetings:looked"
LOOK_SECONDS = 5


def prepare_one() -> None:
    """Have a greeting made that is missing, if no turn needs the workers. One at a time, and by chance, so that one
    that cannot be made does not hold up the others."""
    client = redis_client()
    if client.scard(turn_log.RUNNING) or client.exists(PREPARING, LOOKED):
        return
    missing = [(tutor, face) for tutor, face in _greeters() if not _made(tutor, face)]
    if not missing:
        client.set(LOOKED, 1, ex=LOOK_SECONDS)
    elif client.set(PREPARING, "greeting", nx=True, ex=PREPARE_SECONDS):
        greeting = _greeting(*random.choice(missing))
        work = chain(speak_greeting.s(greeting), animate_greeting.s(greeting))
        work.apply_async(priority=settings.PRIORITY_STEPS[-1])


def _greeters() -> list[tuple[Tutor, Avatar]]:
    tutors = Tutor.objects.exclude(greeting="").select_related("greeting_clip")
    with_faces = [(tutor, tutor.faces().first()) for tutor in tutors]
    return [(tutor, face) for tutor, face in with_faces if face and face.prepared]


def _made(tutor: Tutor, face: Avatar) -> bool:
    clip = getattr(tutor, "greeting_clip", None)
    return bool(clip and clip.made_for == GreetingClip.wanted_for(tutor, face))


def _greeting(tutor: Tutor, face: Avatar) -> Greeting:
    made_for = GreetingClip.wanted_for(tutor, face)
    return {
        "tutor_id": tutor.id,
        "made_for": made_for,
        "text": tutor.greeting,
        "language": tutor.language,
        "voice": tutor.voice,
        "avatar": avatar_ref(face),
        "folder": GreetingClip.folder(tutor, made_for),
        "on_end": greeting_made.name,
    }


@shared_task(queue="default")
def greeting_made(tutor_id: int, made_for: str, clip: Clip | None) -> None:
    """`clip` is None when it gave way to a turn."""
    redis_client().delete(PREPARING)
    tutor = Tutor.objects.filter(id=tutor_id).select_related("greeting_clip").first()
    if clip is None:
        return
    if tutor is None:
        media.delete_folder(f"greetings/{tutor_id}/")
        return
    before = getattr(tutor, "greeting_clip", None)
    GreetingClip.objects.update_or_create(
        tutor=tutor,
        defaults={"made_for": made_for, **{key: clip[key] for key in ("duration_ms", "words", "video", "audio")}},
    )
    if before and before.made_for != made_for:
        media.delete_folder(GreetingClip.folder(tutor, before.made_for))
