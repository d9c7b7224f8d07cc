"""A consistent copy of the database while others write, and back: SQLite by its own online backup, PostgreSQL by
pg_dump and pg_restore."""

import os
import shutil
import sqlite3
import subprocess
from contextlib import closing
from pathlib import Path

from django.conf import settings
from django.db import DatabaseError, connection
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder
from psycopg.conninfo import make_conninfo

LIBPQ = (
    "host",
    "port",
    "user",
    "password",
    "dbname",
    "service",
    "passfile",
    "sslmode",
    "sslrootcert",
    "sslcert",
    "sslkey",
    "target_session_attrs",
)


class NotPossible(Exception):
    """The message says why, and what to do."""


def migrations() -> list[str]:
    """What was done to this database."""
    return sorted(f"{app}.{name}" for app, name in MigrationRecorder(connection).applied_migrations())


def unknown(done: list[str]) -> list[str]:
    """Of what was done to another one, what this version has never heard of."""
    known = {f"{app}.{name}" for app, name in MigrationLoader(None, ignore_no_migrations=True).disk_migrations}
    return sorted(set(done) - known)


def is_empty() -> bool:
    try:
        with connection.cursor() as cursor:
            if "accounts_user" not in connection.introspection.table_names(cursor):
                return True
            cursor.execute("SELECT 1 FROM accounts_user LIMIT 1")
            return cursor.fetchone() is None
    except DatabaseError:
        return False  # it is something, if not a database


def dump(path: Path) -> None:
    """Raises NotPossible."""
    if connection.vendor == "sqlite":
        connection.ensure_connection()
        with closing(sqlite3.connect(path)) as copy:
            connection.connection.backup(copy)
    else:
        _postgres("pg_dump", "--format=custom", f"--file={path}")


def load(path: Path) -> None:
    """In place of what is there. Raises NotPossible."""
    connection.close()
    if connection.vendor == "sqlite":
        target = Path(settings.DATABASES["default"]["NAME"])
        target.parent.mkdir(parents=True, exist_ok=True)
        fresh = target.with_name(f"{target.name}.restoring")
        shutil.copyfile(path, fresh)
        for log in ("-wal", "-shm"):
            target.with_name(target.name + log).unlink(missing_ok=True)
        fresh.replace(target)
    else:
        _postgres("pg_restore", "--clean", "--if-exists", "--no-owner", "--single-transaction", str(path))


def _postgres(program: str, *options: str) -> None:
    if shutil.which(program) is None:
        raise NotPossible(f"{program} is wanted: install PostgreSQL's client of the server's version, or a newer one.")
    params = connection.get_connection_params()
    address = {key: params[key] for key in LIBPQ if params.get(key)}
    password = address.pop("password", None)  # in the environment, where `ps` does not show it
    env = {**os.environ, **({"PGPASSWORD": password} if password else {})}
    command = [program, f"--dbname={make_conninfo(**address)}", *options]
    done = subprocess.run(command, env=env, capture_output=True, text=True)
    if done.returncode:
        raise NotPossible(f"{program}: {done.stderr.strip() or done.returncode}")
