"""Tells a session's sockets that there is something new to read. Small, unordered, may be lost.

To a socket it is a message of the channel layer. The layer's own `group_send` wants an event loop; workers have
threads, and a loop beside them would cost each event some milliseconds of waiting for the interpreter. So the same
bytes are published by our own client, for an event in the very step that writes it (turn_log.py).
"""

import logging
from collections.abc import Iterable

from channels.layers import get_channel_layer
from redis.exceptions import RedisError

from gpu_tasks.connections import redis_client

logger = logging.getLogger(__name__)


def group_of(session_id: str) -> str:
    return f"session.{session_id}"


def group_of_student(student_id: int) -> str:
    return f"student.{student_id}"


def channel_of(session_id: str) -> str:
    """As channels_redis.pubsub names a group's."""
    return f"asgi__group__{group_of(session_id)}"


def of_turn(session_id: str, turn_id: str) -> tuple[str, bytes]:
    """What is to be published, and where."""
    return _message(session_id, type="turn.news", turn_id=turn_id)


def tell(news: Iterable[tuple[str, bytes]]) -> None:
    """Whoever is not reached looks again."""
    try:
        with redis_client().pipeline(transaction=False) as pipe:
            for each in news:
                pipe.publish(*each)
            pipe.execute()
    except RedisError as error:
        logger.warning("news lost: %s", error)


def tell_ended(session_id: str) -> None:
    tell([_message(session_id, type="session.ended")])


def _message(session_id: str, **message: str) -> tuple[str, bytes]:
    return channel_of(session_id), get_channel_layer().serialize(message)
