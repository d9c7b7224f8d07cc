"""Which faces there are, told to workers, which have no database and keep what they have prepared of each."""

import json
from collections.abc import Callable, Iterable
from typing import cast

from gpu_tasks.connections import redis_client

SECONDS = 60
_KEY = "faces"


def tell(avatar_ids: Callable[[], Iterable[str]]) -> None:
    """Asks for them once in a while."""
    if not redis_client().exists(_KEY):
        redis_client().set(_KEY, json.dumps(list(avatar_ids())), ex=SECONDS)


def known() -> set[str] | None:
    """None: nobody has told of late."""
    told = cast(bytes | None, redis_client().get(_KEY))
    return None if told is None else set(json.loads(told))
