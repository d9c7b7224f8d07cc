"""How often somebody does something. Counted in one step and for all web processes together, so that neither calls
at the same time nor other processes give more."""

import hashlib
import logging
import time
from contextlib import suppress

from django.conf import settings
from django.core.cache import cache
from redis.exceptions import RedisError

logger = logging.getLogger(__name__)


def count(what: str, whose: str, rate: tuple[int, int]) -> int | None:
    """Once more. If that is too often: how many seconds to wait."""
    often, seconds = rate
    now = time.time()
    key = _key(what, whose, now, seconds)
    cache.add(key, 0, timeout=seconds + 1)
    try:
        counted = cache.incr(key)
    except ValueError:  # Redis needed the room
        return None
    return seconds - int(now % seconds) if often and counted > often else None


def take_back(what: str, whose: str, rate: tuple[int, int]) -> None:
    """What was counted before it was known that it does not count."""
    with suppress(ValueError, RedisError):  # the time it was counted in is over, or it is counted once too often
        cache.decr(_key(what, whose, time.time(), rate[1]))


def _key(what: str, whose: str, now: float, seconds: int) -> str:
    # Hashed: an address somebody typed may be of any length, and who failed to log in is nobody's business.
    return f"rate:{what}:{hashlib.sha256(whose.encode(errors='replace')).hexdigest()[:32]}:{now // seconds:.0f}"


def too_often(scope: str, whose: str) -> int | None:
    """Seconds to wait. Who is counted while Redis is away goes on: without Redis there are no turns to be had."""
    try:
        return count(scope, whose, settings.RATES[scope])
    except RedisError as error:
        logger.warning("calls are not counted: %s", error)
        return None
