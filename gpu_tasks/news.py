"""Tells a session's sockets that there is something new to read. Small, unordered, may be lost."""

import asyncio
import logging
import threading
from functools import cache

from channels.layers import get_channel_layer
from redis.exceptions import RedisError

logger = logging.getLogger(__name__)


def group_of(session_id: str) -> str:
    return f"session.{session_id}"


def group_of_student(student_id: int) -> str:
    return f"student.{student_id}"


@cache
def _loop() -> asyncio.AbstractEventLoop:
    # One loop for the life of the process: a loop per call would also mean a Redis connection per call.
    loop = asyncio.new_event_loop()
    threading.Thread(target=loop.run_forever, name="news", daemon=True).start()
    return loop


async def _send(session_id: str, message: dict[str, str]) -> None:
    try:
        await get_channel_layer().group_send(group_of(session_id), message)
    except (RedisError, OSError) as error:
        logger.warning("session %s: news lost: %s", session_id, error)


def tell(session_id: str, turn_id: str) -> None:
    """Do not wait for it: the log has the event, and readers look there."""
    asyncio.run_coroutine_threadsafe(_send(session_id, {"type": "turn.news", "turn_id": turn_id}), _loop())


def tell_ended(session_id: str) -> None:
    asyncio.run_coroutine_threadsafe(_send(session_id, {"type": "session.ended"}), _loop())
