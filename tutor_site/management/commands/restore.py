"""What `backup` wrote, into an installation that is not running."""

import fcntl
import os
import tempfile
from argparse import ArgumentParser
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from django.db import connection

from gpu_tasks import media
from tutor_site.backup import archive, database, media_store


class Command(BaseCommand):
    help = "Puts back what `backup` wrote. Looks at all of it before anything is changed."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument("--force", action="store_true", help="also in place of data that are there")

    def handle(self, *args: Any, file: Path, force: bool, **options: Any) -> None:
        try:
            manifest = archive.verified(file)
        except FileNotFoundError:
            raise CommandError(f"There is no file {file}.") from None
        except archive.Damaged as error:
            raise CommandError(f"{file} cannot be restored: {error}. Nothing was changed.") from error
        if manifest.database != connection.vendor:
            raise CommandError(f"The backup is of {manifest.database}; DATABASE_URL names {connection.vendor}.")
        if unknown := database.unknown(manifest.migrations):
            raise CommandError(f"The backup was made by a newer version: {unknown[0]} is not known here.")
        with _not_running():
            if not force and not (database.is_empty() and next(media_store.every_key(), None) is None):
                raise CommandError("There are data already. --force puts the backup in their place.")
            self._restore(file)

    def _restore(self, file: Path) -> None:
        settings.TUTOR_HOME.mkdir(parents=True, exist_ok=True)
        try:
            with tempfile.TemporaryDirectory(dir=settings.TUTOR_HOME) as folder:
                copy = Path(folder) / "database"
                media_store.empty()
                archive.unpack(file, copy, media.save)
                database.load(copy)
        except (OSError, database.NotPossible) as error:
            raise CommandError(f"Not restored, or in part: {error}. Try again with --force.") from error
        call_command("migrate", interactive=False, verbosity=0)
        forgotten = media_store.forget_missing()
        self.stdout.write(f"{file} is restored" + (f"; {forgotten} media were erased since" if forgotten else ""))


@contextmanager
def _not_running() -> Iterator[None]:
    """As `serve` holds it. A site of several machines has to be stopped by whoever restores it."""
    settings.TUTOR_HOME.mkdir(parents=True, exist_ok=True)
    lock = os.open(settings.TUTOR_HOME / "serve.lock", os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        raise CommandError(f"A tutor is running from {settings.TUTOR_HOME}. Stop it first.") from None
    else:
        yield
    finally:
        os.close(lock)
