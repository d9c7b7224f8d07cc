"""The web process's own eye on the workers: while there is none of `default`, nobody sweeps, and every turn would
hang. Then they are ended, in words."""

import logging
import threading
import time
from datetime import timedelta

from django.db import close_old_connections
from django.utils import timezone

from gpu_tasks import worker
from sessions_app import services
from sessions_app.models import Turn

logger = logging.getLogger(__name__)

INTERVAL = 1.0
PATIENCE = 3.0
"""For a new worker, once the beat of the last one has run out."""
OLD = timedelta(seconds=worker.ALIVE_SECONDS + PATIENCE)


class Watch:
    def __init__(self) -> None:
        self._missing_since: float | None = None

    def look(self, now: float) -> None:
        if worker.alive("default"):
            self._missing_since = None
            return
        self._missing_since = now if self._missing_since is None else self._missing_since
        if now - self._missing_since > PATIENCE:
            old = Turn.objects.running().filter(created_at__lt=timezone.now() - OLD)
            for turn in old.select_related("session__tutor", "avatar"):
                logger.error("turn %s: there is no worker of default", turn.id)
                services.fail(turn, "unavailable")


def _run() -> None:
    watch = Watch()
    while True:
        time.sleep(INTERVAL)
        try:
            close_old_connections()
            watch.look(time.monotonic())
        except Exception:
            # Whatever it was, the next look comes.
            logger.exception("watch")


def start() -> None:
    threading.Thread(target=_run, name="watch", daemon=True).start()
