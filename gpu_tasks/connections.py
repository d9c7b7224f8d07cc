from functools import cache
from typing import Any

import redis
import redis.asyncio
from django.conf import settings

# Without time-outs a half-open connection blocks for ever (the machine of a Redis that lost power sends no FIN).
_OPTIONS: dict[str, Any] = {
    "socket_timeout": 10,
    "socket_connect_timeout": 5,
    "socket_keepalive": True,
    "health_check_interval": 10,
}


@cache
def redis_client() -> "redis.Redis":
    """The process's Redis, for threads."""
    return redis.Redis.from_url(settings.REDIS_URL, **_OPTIONS)


def async_redis() -> "redis.asyncio.Redis":
    """A Redis for one event loop; whoever makes it closes it."""
    return redis.asyncio.Redis.from_url(settings.REDIS_URL, **_OPTIONS)
