"""What each process counts for Prometheus. The names are what docker/monitoring and docs/monitoring.md speak of."""

import logging

from django.conf import settings
from prometheus_client import Counter, Gauge, Histogram, start_http_server

logger = logging.getLogger(__name__)

SECONDS = (0.05, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.8, 1, 1.5, 2, 3, 5, 8, 15, 30, 60)
MILLISECONDS = (0.001, 0.002, 0.005, 0.01, 0.02, 0.03, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10)

TURNS = Counter("tutor_turns", "Turns that have ended.", ["status", "mode", "modality"])
FAILURES = Counter("tutor_turn_failures", "Turns that have failed.", ["code"])
DEGRADED = Counter("tutor_turns_degraded", "Turns with a part missing.", ["missing", "reason"])
TURN_SECONDS = Histogram(
    "tutor_turn_seconds",
    "From when a turn was received until it was let in (started), heard, had its first_token, first_audio and "
    "first_frame, and was over (total).",
    ["until", "modality"],
    buckets=SECONDS,
)

QUEUED_SECONDS = Histogram("tutor_stage_queued_seconds", "Work that waited in a queue.", ["stage"], buckets=SECONDS)
WORKING_SECONDS = Histogram("tutor_stage_working_seconds", "Work that was done.", ["stage"], buckets=SECONDS)
ENGINE_ERRORS = Counter("tutor_engine_errors", "Work that was given up by its worker.", ["stage", "code"])
WORKING = Gauge("tutor_stage_working", "Pieces of work in hand.", ["stage"])

GPU_USED = Gauge("tutor_gpu_memory_used_bytes", "Of a worker's card, by all that use it.", ["card"])
GPU_TOTAL = Gauge("tutor_gpu_memory_total_bytes", "Of a worker's card.", ["card"])

SOCKETS = Gauge("tutor_sockets", "Open sockets.")
DELIVERY_SECONDS = Histogram(
    "tutor_delivery_seconds", "From when an event was written until it was sent.", buckets=MILLISECONDS
)
MEDIA_BYTES = Counter("tutor_media_bytes", "Sound and pictures that were sent.", ["way"])
REQUEST_SECONDS = Histogram(
    "tutor_request_seconds", "HTTP requests.", ["method", "route", "status"], buckets=(*MILLISECONDS, 30)
)


def serve() -> None:
    """At a port of this process's own, where it is given one. That nobody can look is no reason not to work."""
    if settings.METRICS_PORT:
        try:
            start_http_server(settings.METRICS_PORT, addr=settings.METRICS_HOST)
        except OSError as error:
            logger.error("no metrics at %s:%d: %s", settings.METRICS_HOST, settings.METRICS_PORT, error)
