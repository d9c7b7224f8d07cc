import asyncio
from functools import cache
from typing import Any
from weakref import WeakKeyDictionary

import redis
import redis.asyncio
import redis.asyncio.sentinel
import redis.sentinel
from django.conf import settings

from gpu_tasks.redis_url import sentinels

# Without time-outs a half-open connection blocks for ever (the machine of a Redis that lost power sends no FIN).
_OPTIONS: dict[str, Any] = {
    "socket_timeout": 10,
    "socket_connect_timeout": 5,
    "socket_keepalive": True,
    "health_check_interval": 10,
}

# They have no types.
_Sentinel: Any = redis.sentinel.Sentinel
_AsyncSentinel: Any = redis.asyncio.sentinel.Sentinel
# Of each event loop, for its life: their own connections are not closed with a client's.
_watchers: WeakKeyDictionary[asyncio.AbstractEventLoop, Any] = WeakKeyDictionary()


@cache
def redis_client() -> "redis.Redis":
    """The process's Redis, for threads."""
    if watched := sentinels(settings.REDIS_URL):
        those = _Sentinel(watched.addresses, sentinel_kwargs=_OPTIONS | watched.sentinel_options)
        client: redis.Redis = those.master_for(watched.master, password=watched.password, db=watched.db, **_OPTIONS)
        return client
    return redis.Redis.from_url(settings.REDIS_URL, **_OPTIONS)


class ClientsPool:
    """For Django's cache, which makes its pool of an address."""

    @classmethod
    def from_url(cls, url: str, **_: Any) -> "redis.ConnectionPool":
        return redis_client().connection_pool


def async_redis() -> "redis.asyncio.Redis":
    """A Redis for one event loop; whoever makes it closes it."""
    if watched := sentinels(settings.REDIS_URL):
        loop = asyncio.get_running_loop()
        if loop not in _watchers:
            _watchers[loop] = _AsyncSentinel(
                watched.addresses, sentinel_kwargs=_OPTIONS | watched.async_sentinel_options
            )
        client: redis.asyncio.Redis = _watchers[loop].master_for(
            watched.master, password=watched.password, db=watched.db, **_OPTIONS
        )
        return client
    return redis.asyncio.Redis.from_url(settings.REDIS_URL, **_OPTIONS)
