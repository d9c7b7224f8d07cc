"""Whether a proxy should send anybody to this web process: what is missing, in a word each."""

import logging
from collections.abc import Callable
from functools import cache

from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor
from redis.exceptions import RedisError

from gpu_tasks.connections import redis_client
from tutor_site.draining import ending

logger = logging.getLogger(__name__)


class Missing(Exception):
    pass


def missing() -> list[str]:
    found = []
    for name, check in CHECKS.items():
        try:
            check()
        except (DatabaseError, RedisError, Missing) as error:
            logger.warning("not ready: %s: %s", name, error)
            found.append(name)
    return found


def _database() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")


def _migrations() -> None:
    if not _migrated():
        _migrated.cache_clear()
        raise Missing("migrations are to be applied")


@cache
def _migrated() -> bool:
    """Once it is, it stays so for the life of a process."""
    executor = MigrationExecutor(connection)
    return not executor.migration_plan(executor.loader.graph.leaf_nodes())


def _redis() -> None:
    redis_client().ping()


def _stays() -> None:
    if ending.is_set():
        raise Missing("it is ending")


CHECKS: dict[str, Callable[[], None]] = {
    "database": _database,
    "migrations": _migrations,
    "redis": _redis,
    "process": _stays,
}
