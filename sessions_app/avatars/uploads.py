"""Portraits and clips on their way to a face: kept until a worker has looked at them, then its word is written down."""

import logging
import uuid

from celery import shared_task
from django.conf import settings
from django.db import transaction
from django.db.models.signals import post_delete
from django.dispatch import receiver

from gpu_tasks import media, uploads
from gpu_tasks.connections import redis_client
from gpu_tasks.events import AvatarRef
from sessions_app.models import Avatar
from sessions_app.tasks import PREPARING

logger = logging.getLogger(__name__)

PREPARE_SECONDS = 120
ATTEMPTS = 2
GIVEN_UP = "This file could not be prepared. Please try another one."


def take_in(avatar: Avatar, content: bytes) -> None:
    """Keep a file, to be looked at; the face stays as it is until then. Raises uploads.BadPortrait."""
    kind = uploads.kind_of(content)
    before = avatar.upload
    key = media.save(f"{avatar.root}source/{uuid.uuid4().hex}/{kind}", content)
    avatar.upload, avatar.progress, avatar.refusal = key, 0, ""
    avatar.save(update_fields=["upload", "progress", "refusal"])
    if before:
        media.delete_folder(_folder(before))


def drop(avatar: Avatar) -> None:
    """All that is kept of a person, when a drawing takes the place. The row is the caller's to save."""
    if avatar.portrait:
        media.delete_folder(avatar.folder)
    avatar.upload = avatar.portrait = avatar.clip = ""
    media.delete_folder(f"{avatar.root}source/")


def prepare_one() -> None:
    """Have a file looked at that waits; one at a time, as faces are prepared."""
    avatar = Avatar.objects.exclude(upload="").order_by("?").first()
    client = redis_client()
    if avatar is None or not client.set(PREPARING, avatar.avatar_id, nx=True, ex=PREPARE_SECONDS):
        return
    attempts = client.incr(f"attempts:{avatar.upload}")
    client.expire(f"attempts:{avatar.upload}", 24 * 3600)
    if int(attempts) > ATTEMPTS:  # type: ignore[arg-type]
        logger.error("%s: given up, its worker died or failed %d times", avatar.upload, ATTEMPTS)
        upload_refused(avatar.upload, GIVEN_UP)
        return
    uploads.prepare_upload.apply_async((_upload(avatar),), priority=settings.PRIORITY_STEPS[-1])


def _upload(avatar: Avatar) -> uploads.Upload:
    version, folder = avatar.next_version(), _folder(avatar.upload)
    becomes: AvatarRef = {
        "avatar_id": avatar.avatar_id,
        "kind": "photo",
        "version": version,
        "features": {},
        "portrait": f"{folder}portrait.jpg",
        "clip": f"{folder}clip.mp4",
    }
    return {
        "upload": avatar.upload,
        "avatar": becomes,
        "folder": avatar.folder_of(version),
        "on_progress": upload_progress.name,
        "on_end": upload_prepared.name,
        "on_refused": upload_refused.name,
    }


@shared_task(queue="default")
def upload_progress(key: str, percent: int) -> None:
    Avatar.objects.filter(upload=key).update(progress=percent)


@shared_task(queue="default")
def upload_prepared(key: str, version: int, filmed: bool) -> None:
    redis_client().delete(PREPARING)
    folder, before = _folder(key), Avatar.objects.filter(upload=key).first()
    changed = Avatar.objects.filter(upload=key).update(
        kind=Avatar.Kind(key.rpartition("/")[2]),
        portrait=f"{folder}portrait.jpg",
        clip=f"{folder}clip.mp4" if filmed else "",
        version=version,
        prepared_version=version,
        progress=100,
        refusal="",
        upload="",
    )
    if before is None or not changed:
        _forget(key)
        return
    media.delete(key)
    if before.portrait.startswith(f"{before.root}source/"):
        media.delete_folder(_folder(before.portrait))
    if before.prepared:
        media.delete_folder(before.folder)


@shared_task(queue="default")
def upload_refused(key: str, why: str) -> None:
    redis_client().delete(PREPARING)
    Avatar.objects.filter(upload=key).update(upload="", progress=0, refusal=why[:200])
    _forget(key)


@receiver(post_delete, sender=Avatar)
def _delete_files(sender: object, instance: Avatar, **_: object) -> None:
    transaction.on_commit(lambda: media.delete_folder(instance.root))


def _forget(key: str) -> None:
    """What was put in and is not used; where its avatar was deleted while a worker was at it, all that he made."""
    avatar_id = key.split("/")[1]
    known = Avatar.objects.filter(avatar_id=avatar_id).exists()
    media.delete_folder(_folder(key) if known else f"avatars/{avatar_id}/")


def _folder(key: str) -> str:
    return key.rpartition("/")[0] + "/"
