"""Sees what was left lying: work of workers that died, lost messages, turns nobody ends. Runs in each `default`
worker, one at a time. Redis' own redelivery waits for the visibility timeout, which no conversation can."""

import logging
import os
import socket
import threading
import time
from contextlib import suppress
from datetime import timedelta
from typing import Any, cast

from celery import current_app, signature
from celery.signals import worker_ready
from django.conf import settings
from django.db import close_old_connections
from django.db.models import F, Q
from django.utils import timezone

from gpu_tasks import known_faces, ledger, stage, turn_log, worker
from gpu_tasks.connections import redis_client
from gpu_tasks.events import Done, Failed, StageDone, now_ms
from gpu_tasks.tasks import prepare_avatar
from sessions_app import admission, greetings, pipeline, retention, services, summaries
from sessions_app.avatars import uploads
from sessions_app.ingestion import documents
from sessions_app.models import Avatar, Turn
from sessions_app.tasks import PREPARING, READING, READING_SECONDS, avatar_prepared, read_document, start_turns

logger = logging.getLogger(__name__)

INTERVAL = 1.0
LOST_AFTER_MS = 4_000
"""A message that is in no queue and that nobody has begun for so long was lost with the worker that took it."""
NO_WORKER_MS = 7_000
"""So long a stage may be without a worker (time to restart one) before turns go on without it."""
ATTEMPTS = 2
GRACE_SECONDS = 5
"""So old a running row must be before Redis is asked why it does not know it: rows come first."""
WAITS_TOO_LONG = 2
"""Times the longest wait that anybody is let in for."""
PREPARE_SECONDS = 120


def sweep() -> None:
    running: set[bytes] = redis_client().smembers(turn_log.RUNNING)  # type: ignore[assignment]
    waiting = set(admission.waiting())
    known = {turn_id.decode() for turn_id in running} | waiting
    turns = {turn.id: turn for turn in Turn.objects.filter(id__in=known).select_related("session__tutor", "avatar")}
    for turn_id in known:
        try:
            _sweep_known(turn_id, turns.get(turn_id), waits=turn_id in waiting)
        except Exception:
            # One turn that cannot be seen to must not keep all others from it.
            logger.exception("turn %s: sweep", turn_id)
    # Rows that Redis knows nothing of any more: it was restarted without its data.
    old = timezone.now() - timedelta(seconds=GRACE_SECONDS)
    for turn in (
        Turn.objects.running()
        .filter(created_at__lt=old)
        .exclude(id__in=known)
        .select_related("session__tutor", "avatar")
        .order_by("created_at")
    ):
        _find_again(turn)
    start_turns(admission.move(everybody=True))


def _find_again(turn: Turn) -> None:
    if turn.status == Turn.Status.QUEUED:
        logger.warning("turn %s: in no line, put back", turn.id)
        services.enter(turn, admission.place())
    else:
        logger.error("turn %s: lost with the queue's data", turn.id)
        services.fail(turn, "unavailable")


def _sweep_known(turn_id: str, turn: Turn | None, waits: bool) -> None:
    if turn is None:
        admission.forget(turn_id)  # erased, with its student
    elif waits and turn.status in Turn.RUNNING:
        if now_ms() - turn.received_at > WAITS_TOO_LONG * settings.QUEUE_SECONDS * 1000:
            logger.error("turn %s: waited too long", turn.id)
            services.fail(turn, "too_busy")
    elif turn.status in Turn.RUNNING:
        _sweep_turn(turn)
    else:
        _tell_end(turn)


def _sweep_turn(turn: Turn) -> None:
    log = turn_log.read(turn.id)
    quiet_ms = now_ms() - (log[-1].at if log else turn.received_at)
    items = ledger.open_items(turn.id)
    if quiet_ms > settings.TURN_SILENCE_SECONDS * 1000:
        logger.error("turn %s: nothing for %d s, open: %s", turn.id, quiet_ms // 1000, [i.entry.item for i in items])
        services.fail(turn, "timeout")
    elif not items and quiet_ms > LOST_AFTER_MS:
        if any(isinstance(event, StageDone) for event in log):
            stage.end(pipeline.turn_ref(turn))
        else:
            logger.warning("turn %s: let in, but not started", turn.id)
            pipeline.start(turn)
    for item in items:
        _sweep_item(turn, item)


def _sweep_item(turn: Turn, item: ledger.Open) -> None:
    entry = item.entry
    waited = now_ms() - entry.opened_at
    message = _first(entry.message)
    task = cast(stage.Stage, current_app.tasks[message["task"]])
    queue = task.queue
    if item.held:
        return
    died = item.begun
    lost = not item.begun and waited > LOST_AFTER_MS and (turn.id, entry.item) not in worker.in_line(queue)
    # What is tried again has been without a worker for as long as its lease lasted.
    patience = NO_WORKER_MS - (settings.LEASE_SECONDS * 1000 if entry.attempt > 1 else 0)
    unserved = not item.begun and waited > patience and not worker.alive(queue)
    if unserved or ((died or lost) and entry.attempt >= ATTEMPTS):
        why = "there is no worker" if unserved else "its worker died twice" if died else "its message was lost twice"
        logger.error("turn %s: %s given up: %s", turn.id, entry.item, why)
        ref, args = pipeline.turn_ref(turn), tuple(message["args"])
        stage.give_up(task, ref, entry, now_ms(), "unavailable", True, args, message["kwargs"], why)
    elif (died or lost) and ledger.open_again(turn.id, entry):
        logger.warning(
            "turn %s: %s again: %s", turn.id, entry.item, "its worker died" if died else "its message is lost"
        )
        signature(entry.message).apply_async(priority=0)


def _prepare_faces(*, of_tutors: bool) -> None:
    """One face at a time: students who talk need the avatar workers more. By chance, so that one that cannot be
    prepared does not hold up the others."""
    unprepared = Avatar.objects.exclude(prepared_version=F("version")).filter(tutors__isnull=not of_tutors)
    waiting = unprepared.filter(Q(kind=Avatar.Kind.ILLUSTRATED) | ~Q(portrait=""))
    avatar = waiting.order_by("?").first()
    if avatar and redis_client().set(PREPARING, avatar.avatar_id, nx=True, ex=PREPARE_SECONDS):
        prepare_avatar.apply_async(
            (pipeline.avatar_ref(avatar), avatar.folder, avatar_prepared.name), priority=settings.PRIORITY_STEPS[-1]
        )


def _read_documents() -> None:
    """One at a time too, for the same reason."""
    document = documents.next_to_read()
    if document and redis_client().set(READING, document.id, nx=True, ex=READING_SECONDS):
        read_document.apply_async((document.id,), priority=settings.PRIORITY_STEPS[-1])


def _first(message: dict[str, Any]) -> dict[str, Any]:
    return message["kwargs"]["tasks"][0] if message["task"] == "celery.chain" else message


def _tell_end(turn: Turn) -> None:
    """The row has ended, but whoever ended it could not say so."""
    interrupted = turn.status == Turn.Status.INTERRUPTED
    done = Done(
        interrupted=interrupted,
        degraded=turn.degraded,
        degraded_reason=turn.degraded_reason or None,
        timings=turn.timings or {"total": 0},
        stages=turn.stages,
    )
    if turn.error_code:
        with suppress(turn_log.TurnClosed):
            turn_log.begin(pipeline.turn_ref(turn), Failed(code=turn.error_code, retryable=True), once="failed")
    turn_log.close(turn.session_id, turn.id, done)
    start_turns(admission.move())


def _run() -> None:
    me = f"{socket.gethostname()}:{os.getpid()}"
    client = redis_client()
    while True:
        time.sleep(INTERVAL)
        try:
            if client.set("sweeper", me, nx=True, ex=3) or client.get("sweeper") == me.encode():
                client.expire("sweeper", 3)
                close_old_connections()
                sweep()
                known_faces.tell(lambda: Avatar.objects.values_list("avatar_id", flat=True))
                _prepare_faces(of_tutors=True)
                greetings.prepare_one()
                uploads.prepare_one()
                _prepare_faces(of_tutors=False)
                _read_documents()
                summaries.write_one()
                retention.begin_round()
        except Exception:
            # Whatever it was, the next round comes; without a sweeper lost turns would hang for ever.
            logger.exception("sweep")


@worker_ready.connect
def _start(sender: Any, **_: Any) -> None:
    if "default" in sender.app.amqp.queues.consume_from:
        threading.Thread(target=_run, name="sweeper", daemon=True).start()
