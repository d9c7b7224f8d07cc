"""Who guesses passwords is stopped: at one account, wherever he asks from, and from one address, whomever he tries.

An attempt is counted before it is looked at, so that many at the same time are no more than many after each other; the
right password is taken back.
"""

import logging

from django.conf import settings
from redis.exceptions import RedisError

from accounts import counting

logger = logging.getLogger(__name__)


class TooManyGuesses(Exception):
    """`wait`: seconds."""

    def __init__(self, wait: int) -> None:
        minutes = -(-wait // 60)
        super().__init__(
            f"Too many wrong passwords. Please wait {minutes} minute{'s' if minutes > 1 else ''}, or ask your school."
        )
        self.wait = wait


class CannotCount(Exception):
    """No Redis: rather nobody logs in than somebody who tries all passwords."""


def attempt(account: str, address: str) -> None:
    """Raises TooManyGuesses, CannotCount."""
    try:
        waits = [
            counting.count(f"guess-at-{kind}", whose, settings.GUESSES[kind]) for kind, whose in _of(account, address)
        ]
    except RedisError as error:
        raise CannotCount from error
    if wait := max(filter(None, waits), default=None):
        logger.warning("too many wrong passwords from %s", address)
        raise TooManyGuesses(wait)


def succeeded(account: str, address: str) -> None:
    for kind, whose in _of(account, address):
        counting.take_back(f"guess-at-{kind}", whose, settings.GUESSES[kind])


def _of(account: str, address: str) -> tuple[tuple[str, str], tuple[str, str]]:
    return ("account", account), ("address", address)
