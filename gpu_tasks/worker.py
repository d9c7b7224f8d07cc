"""A worker's start and pulse: engines of the queues it reads are loaded and warm before it takes any work."""

import logging
import os
import socket
import threading
import time
from typing import Any

from celery.signals import celeryd_after_setup, worker_shutting_down
from redis.exceptions import RedisError

from gpu_tasks import ledger, stages
from gpu_tasks.connections import redis_client

logger = logging.getLogger(__name__)

BEAT_SECONDS = 1.0
ALIVE_SECONDS = 5
_draining = threading.Event()


def _beat(names: list[str]) -> None:
    member = f"{socket.gethostname()}:{os.getpid()}"
    while True:
        try:
            with redis_client().pipeline() as pipe:
                for name in names:
                    # A worker that is ending still renews what it is at, but nobody is promised it any more.
                    if _draining.is_set():
                        pipe.zrem(f"workers:{name}", member)
                    else:
                        pipe.zadd(f"workers:{name}", {member: time.time() + ALIVE_SECONDS})
                    pipe.zremrangebyscore(f"workers:{name}", 0, time.time())
                pipe.execute()
            ledger.renew_held()
        except RedisError as error:
            logger.warning("no beat: %s", error)
        time.sleep(BEAT_SECONDS)


@celeryd_after_setup.connect
def _start(sender: str, instance: Any, **_: Any) -> None:
    queues = list(instance.app.amqp.queues.consume_from)
    for stage in stages.STAGES:
        if stage in queues:
            began = time.monotonic()
            stages.engine(stage).warm_up()
            logger.info("%s: %s ready after %.1f s", sender, stage, time.monotonic() - began)
    if "default" in queues:
        stages.embedding().embed(["warm"])  # retrieval is done here
    threading.Thread(target=_beat, args=(queues,), name="beat", daemon=True).start()


@worker_shutting_down.connect
def _shut_down(**_: Any) -> None:
    _draining.set()


def alive(name: str) -> int:
    """How many workers read a queue and are ready."""
    return int(redis_client().zcount(f"workers:{name}", time.time(), "+inf"))  # type: ignore[arg-type]
