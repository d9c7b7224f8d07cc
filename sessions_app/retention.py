"""What has been kept long enough is deleted: rows and files, a few at a time, once an hour."""

import logging
from datetime import datetime, timedelta

from celery import shared_task
from django.conf import settings
from django.contrib.sessions.models import Session as Login
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone
from rest_framework_simplejwt.token_blacklist.models import OutstandingToken

from accounts.models import AuditEntry
from gpu_tasks import media
from gpu_tasks.connections import redis_client
from sessions_app import trying
from sessions_app.lifecycle import erase_session
from sessions_app.models import Segment, Session, Turn, Tutor

logger = logging.getLogger(__name__)

EVERY_SECONDS = 3600
BATCH = 20
ROWS = 1_000
TRIED = timedelta(days=1)
_TURN = "retention"
"""Redis key: this hour's round has been sent on its way."""


def begin_round() -> None:
    """Called as often as one likes."""
    if redis_client().set(_TURN, 1, nx=True, ex=EVERY_SECONDS):
        delete_what_is_old.apply_async(priority=settings.PRIORITY_STEPS[-1])


@shared_task(queue="default")
def delete_what_is_old() -> None:
    """One batch; the next is another message, so that turns get through in between."""
    more = [_sessions(), _media(), _rows(), _tried()]
    if any(more):
        delete_what_is_old.apply_async(priority=settings.PRIORITY_STEPS[-1])


def _before(days: int) -> datetime | None:
    return timezone.now() - timedelta(days=days) if days else None


def _sessions() -> bool:
    limit = _before(settings.RETENTION_DAYS)
    if limit is None:
        return False
    old = list(Session.objects.filter(last_activity__lt=limit).order_by("last_activity")[:BATCH])
    for session in old:
        erase_session(session)
    if old:
        logger.info("retention: %d sessions erased", len(old))
    return len(old) == BATCH


def _media() -> bool:
    """Sound and pictures go earlier than words."""
    limit = _before(settings.RETENTION_MEDIA_DAYS)
    if limit is None:
        return False
    played = Segment.objects.filter(turn__session=OuterRef("pk")).exclude(video="", audio="")
    said = Turn.objects.filter(session=OuterRef("pk")).exclude(user_audio="")
    old = Session.objects.filter(Exists(played) | Exists(said), last_activity__lt=limit)
    done = 0
    for session in old.order_by("last_activity")[:BATCH]:
        media.delete_folder(session.folder)
        Segment.objects.filter(turn__session=session).update(video="", audio="")
        session.turns.update(user_audio="")
        done += 1
    if done:
        logger.info("retention: media of %d sessions deleted", done)
    return done == BATCH


def _rows() -> bool:
    now = timezone.now()
    old = [Login.objects.filter(expire_date__lt=now), OutstandingToken.objects.filter(expires_at__lt=now)]
    if limit := _before(settings.AUDIT_DAYS):
        old.append(AuditEntry.objects.filter(at__lt=limit))
    more = False
    for rows in old:
        keys = list(rows.order_by("pk").values_list("pk", flat=True)[:ROWS])
        rows.model._default_manager.filter(pk__in=keys).delete()
        more = more or len(keys) == ROWS
    return more


def _tried() -> bool:
    """Copies of tutors that nobody tries any more, with what was said to them."""
    limit = timezone.now() - TRIED
    fresh = Q(sessions__last_activity__gte=limit)
    old = list(Tutor.objects.filter(tried_by__isnull=False).exclude(fresh)[:BATCH])
    trying.forget(old)
    return len(old) == BATCH
