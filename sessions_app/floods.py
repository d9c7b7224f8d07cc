"""What keeps one client from having a web process to itself: how much a connection may say, and how many a student may
hold. Counted in the process, which is what is protected, so that no count outlives what it counts."""

import time
from collections import Counter
from typing import Literal

from django.conf import settings

_connections: Counter[int] = Counter()
"""By student."""


def enter(student_id: int) -> bool:
    """Whether there is room for one more. Who is let in has to leave."""
    if 0 < settings.SOCKETS_AT_ONCE <= _connections[student_id]:
        return False
    _connections[student_id] += 1
    return True


def leave(student_id: int) -> None:
    _connections[student_id] -= 1
    if not _connections[student_id]:
        del _connections[student_id]


class Messages:
    """Of one connection. Beyond MESSAGE_RATE it is warned; beyond twice of it, closed."""

    def __init__(self) -> None:
        self._since, self._number = 0.0, 0

    def count(self) -> Literal["fine", "warn", "close"]:
        often, seconds = settings.RATES["message"]
        now = time.monotonic()
        if now >= self._since + seconds:
            self._since, self._number = now, 0
        self._number += 1
        if often and self._number > 2 * often:
            return "close"
        return "warn" if often and self._number == often + 1 else "fine"
