"""A worker's start and pulse: engines of the queues it reads are loaded and warm before it takes any work."""

import base64
import json
import logging
import os
import socket
import sys
import threading
import time
from pathlib import Path
from typing import Any, NoReturn, cast

from celery.signals import before_task_publish, celeryd_after_setup, worker_shutting_down
from django.conf import settings
from pydantic import BaseModel
from redis.exceptions import RedisError

from gpu_tasks import devices, known_faces, ledger, metrics, stages
from gpu_tasks.connections import redis_client
from gpu_tasks.engines.errors import EngineError
from gpu_tasks.events import now_ms
from gpu_tasks.stage import item_of

logger = logging.getLogger(__name__)

BEAT_SECONDS = 1.0
GPU_SECONDS = 10.0
ALIVE_SECONDS = 5
# Longer than the longest pause before a supervisor's next try.
TROUBLE_SECONDS = 60
SWITCH_SECONDS = 0.0005
"""A message waits no longer for a thread that computes: with Python's own 5 ms, each hop of a turn could take so much
more."""
CANNOT_START = 78
"""Exit status: sysexits.h's EX_CONFIG."""

SENT_AT = "sent_at"
"""Header of each message: when it was sent, in ms since 1970."""

_draining = threading.Event()


class About(BaseModel):
    """What a live worker says of itself."""

    name: str
    host: str
    pid: int
    concurrency: int
    """How many pieces of work it does at once."""
    gpu: str
    """Its CUDA_VISIBLE_DEVICES; empty: whatever the machine shows."""


class Now(BaseModel):
    """What a worker is at."""

    work: list[tuple[str, str]] = []
    """Turn and item."""
    cards: list[tuple[str, int, int]] = []
    """Of each of its cards: name, bytes used by all, bytes there are."""


_cards: list[tuple[str, int, int]] = []


def _watch_cards() -> None:
    global _cards
    while True:
        try:
            found = devices.visible(settings.WORKER_GPU)
        except devices.Unfit as error:
            logger.warning("nothing is known of the card: %s", error)
            found = []
        _cards = [(f"{card.index} {card.name}", card.total - card.free, card.total) for card in found]
        for name, used, total in _cards:
            metrics.GPU_USED.labels(name).set(used)
            metrics.GPU_TOTAL.labels(name).set(total)
        time.sleep(GPU_SECONDS)


def _forget_faces() -> None:
    from gpu_tasks import faces

    try:
        faces.forget_deleted()
    except (OSError, RedisError) as error:
        logger.warning("deleted faces are kept a while longer: %s", error)


def _beat(name: str, queues: list[str], concurrency: int) -> None:
    host, pid = socket.gethostname(), os.getpid()
    about = About(name=name, host=host, pid=pid, concurrency=concurrency, gpu=settings.WORKER_GPU)
    member = about.model_dump_json()
    looked = time.monotonic()
    began = False
    while True:
        held = [(lease.turn_id, lease.entry.item) for lease in ledger.held()]
        state = Now(work=held, cards=_cards).model_dump_json()
        try:
            with redis_client().pipeline() as pipe:
                for queue in queues:
                    # A worker that is ending still renews what it is at, but nobody is promised it any more.
                    if _draining.is_set():
                        pipe.zrem(f"workers:{queue}", member)
                    else:
                        pipe.zadd(f"workers:{queue}", {member: time.time() + ALIVE_SECONDS})
                        pipe.delete(_trouble(queue))
                    pipe.zremrangebyscore(f"workers:{queue}", 0, time.time())
                pipe.set(_now(about), state, ex=ALIVE_SECONDS)
                pipe.execute()
            ledger.renew_held()
            if "avatar" in queues and time.monotonic() > looked + known_faces.SECONDS:
                looked = time.monotonic()
                threading.Thread(target=_forget_faces, name="faces", daemon=True).start()
            began = True
        except RedisError as error:
            logger.warning("no beat: %s", error)
        if settings.WORKER_BEAT and began:
            # Also while Redis is away: to be started anew, with its models to load, would help nobody.
            Path(settings.WORKER_BEAT).touch()
        time.sleep(BEAT_SECONDS)


@celeryd_after_setup.connect
def _start(sender: str, instance: Any, **_: Any) -> None:
    queues = list(instance.app.amqp.queues.consume_from)
    sys.setswitchinterval(SWITCH_SECONDS)
    metrics.serve()
    try:
        _load(sender, queues)
    except (EngineError, devices.Unfit) as error:
        logger.critical("%s cannot start: %s: %s", sender, error.code, error)
        _refuse(queues, error.code)
    except Exception:
        # Celery would go on without us, and take work for an engine that is not there.
        logger.exception("%s cannot start", sender)
        _refuse(queues, "internal")
    if settings.WORKER_GPU:
        threading.Thread(target=_watch_cards, name="cards", daemon=True).start()
    threading.Thread(target=_beat, args=(sender, queues, instance.concurrency), name="beat", daemon=True).start()


def _load(sender: str, queues: list[str]) -> None:
    free = 0
    if settings.WORKER_GPU:
        devices.check_room(settings.WORKER_GPU, settings.WORKER_GPU_MEMORY)
        free = devices.free(settings.WORKER_GPU)
    for stage in stages.STAGES:
        if stage in queues:
            began = time.monotonic()
            stages.engine(stage).warm_up()
            logger.info("%s: %s ready after %.1f s", sender, stage, time.monotonic() - began)
    if settings.WORKER_GPU:
        _compare_memory(sender, devices.taken(settings.WORKER_GPU, free))
    if "asr" in queues:
        from gpu_tasks import recordings

        recordings.warm_up()
    if "default" in queues:
        stages.embedding().embed(["warm"])  # retrieval is done here


def _compare_memory(sender: str, taken: int) -> None:
    """The budgets of docker/workers are what is checked before anything is loaded, so they have to be true."""
    budget, card = settings.WORKER_GPU_MEMORY, f"GPU {settings.WORKER_GPU}"
    told = f"{taken / devices.GB:.1f} GB of {card} taken, {budget / devices.GB:.1f} GB budgeted"
    if not taken:
        logger.warning("%s: nothing of %s is taken: do its engines run on the CPU (DEVICE, STAGES)?", sender, card)
    elif taken > budget:
        logger.warning("%s: %s: raise its memory in the workers' file, or others may find no room", sender, told)
    else:
        logger.info("%s: %s", sender, told)


def _refuse(queues: list[str], code: str) -> NoReturn:
    try:
        for queue in queues:
            redis_client().set(_trouble(queue), code, ex=TROUBLE_SECONDS)
    except RedisError as error:
        logger.warning("nobody is told: %s", error)
    raise SystemExit(CANNOT_START)


def _trouble(queue: str) -> str:
    return f"workers:{queue}:trouble"


def _now(about: About) -> str:
    return f"worker:{about.name}:{about.host}:{about.pid}"


@before_task_publish.connect
def _stamp(headers: dict[str, Any], **_: Any) -> None:
    headers[SENT_AT] = now_ms()


@worker_shutting_down.connect
def _shut_down(**_: Any) -> None:
    _draining.set()


def alive(queue: str) -> int:
    """How many workers read a queue and are ready."""
    return int(redis_client().zcount(f"workers:{queue}", time.time(), "+inf"))  # type: ignore[arg-type]


def queued(queue: str) -> int:
    """Messages that wait in a queue: kombu keeps a list for each priority."""
    return sum(cast(int, redis_client().llen(name)) for name in _lists(queue))


def in_line(queue: str) -> set[tuple[str, str]]:
    """The turns and items whose messages wait in a queue."""
    found = set()
    for name in _lists(queue):
        messages: list[bytes] = redis_client().lrange(name, 0, -1)  # type: ignore[assignment]
        for message in map(json.loads, messages):
            _, kwargs, _ = json.loads(base64.b64decode(message["body"]))
            if "turn" in kwargs:
                found.add((kwargs["turn"]["turn_id"], item_of(message["headers"]["task"], kwargs)))
    return found


def _lists(queue: str) -> list[str]:
    separator, steps = settings.QUEUE_SEPARATOR, settings.PRIORITY_STEPS
    return [f"{queue}{separator}{priority}" if priority else queue for priority in steps]


def oldest_ms(queue: str) -> int:
    """How long the oldest message of a queue has been waiting; 0 when there is none."""
    last = [cast(bytes | None, redis_client().lindex(name, -1)) for name in _lists(queue)]
    sent: list[int | None] = [json.loads(message)["headers"].get(SENT_AT) for message in last if message]
    return max([0, *(now_ms() - at for at in sent if at)])


def registry(queue: str) -> list[About]:
    """The workers that read a queue and are ready."""
    members: list[bytes] = redis_client().zrangebyscore(f"workers:{queue}", time.time(), "+inf")  # type: ignore[assignment]
    return sorted((About.model_validate_json(member) for member in members), key=lambda about: about.name)


def at_work(about: About) -> Now | None:
    state: bytes | None = redis_client().get(_now(about))  # type: ignore[assignment]
    return Now.model_validate_json(state) if state else None


def trouble(queue: str) -> str | None:
    """Why the latest worker of a queue could not start: an error's code. None once one has."""
    code: bytes | None = redis_client().get(_trouble(queue))  # type: ignore[assignment]
    return code.decode() if code else None
