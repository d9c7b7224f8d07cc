"""The state that all processes share, for Prometheus: each web process tells the same of it, so take the maximum."""

import logging
import time
from collections.abc import Iterator

from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector
from redis.exceptions import RedisError

from gpu_tasks import turn_log, worker
from gpu_tasks.connections import redis_client
from gpu_tasks.stages import STAGES
from sessions_app import admission

logger = logging.getLogger(__name__)

QUEUES = (*STAGES, "default")
OF_QUEUES = {
    "tutor_queue_messages": "Messages in a queue, of all priorities.",
    "tutor_queue_oldest_seconds": "How long the oldest message of a queue has been waiting.",
    "tutor_workers": "Workers that read a queue and are ready.",
    "tutor_worker_slots": "Pieces of work that these do at once.",
    "tutor_worker_trouble": "1: the latest worker of a queue could not start.",
}


class QueueGauges(Collector):
    def collect(self) -> Iterator[GaugeMetricFamily]:
        try:
            found = list(_gauges())
        except RedisError as error:
            logger.warning("no state for Prometheus: %s", error)
            found = []
        yield GaugeMetricFamily("tutor_redis_up", "Redis answers.", value=bool(found))
        yield from found


def _gauges() -> Iterator[GaugeMetricFamily]:
    families = {name: GaugeMetricFamily(name, words, labels=["queue"]) for name, words in OF_QUEUES.items()}
    for queue in QUEUES:
        workers = worker.registry(queue)
        numbers = (
            worker.queued(queue),
            worker.oldest_ms(queue) / 1000,
            len(workers),
            sum(about.concurrency for about in workers),
            worker.trouble(queue) is not None,
        )
        for family, number in zip(families.values(), numbers, strict=True):
            family.add_metric([queue], number)
    yield from families.values()
    oldest: list[tuple[bytes, float]] = redis_client().zrange(admission.WAITING, 0, 0, withscores=True)  # type: ignore[assignment]
    waited = max(0.0, time.time() - oldest[0][1] / 1000) if oldest else 0.0
    running: int = redis_client().scard(turn_log.RUNNING)  # type: ignore[assignment]
    yield GaugeMetricFamily("tutor_turns_running", "Turns that run.", value=running)
    yield GaugeMetricFamily("tutor_turns_waiting", "Turns that wait in the line.", value=len(admission.waiting()))
    yield GaugeMetricFamily(
        "tutor_line_oldest_seconds", "How long the first in the line has been waiting.", value=waited
    )
