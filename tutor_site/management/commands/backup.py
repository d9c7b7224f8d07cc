"""One file with the database and the media store, while the product runs."""

import contextlib
import tempfile
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import connection
from django.utils import timezone

from gpu_tasks import media
from tutor_site.backup import archive, database, media_store


class Command(BaseCommand):
    help = "Writes the database and all media to one file. The product may run meanwhile."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path, help="the file to write; a folder: a file named by the time in it")

    def handle(self, *args: Any, file: Path, **options: Any) -> None:
        made_at = timezone.now()
        if file.is_dir():
            file = file / f"tutor-{made_at:%Y-%m-%dT%H%M%SZ}.tar"
        manifest = archive.Manifest(
            made_at=made_at.isoformat(), database=connection.vendor, migrations=database.migrations()
        )
        try:
            with tempfile.TemporaryDirectory(dir=file.parent) as folder, archive.writing(file, manifest) as writer:
                # First the rows, then the files: a file is there before a row names it, so of each row that was
                # copied the files are there still. The other way round rows would come without their files.
                copy = Path(folder) / "database"
                database.dump(copy)
                writer.add_file(archive.DATABASE, copy)
                for key in media_store.every_key():
                    with contextlib.suppress(FileNotFoundError):  # erased since it was listed
                        writer.add(archive.MEDIA + key, media.read(key))
        except (OSError, database.NotPossible) as error:
            raise CommandError(f"No backup was made: {error}") from error
        size = file.stat().st_size / 1e6
        self.stdout.write(f"{file}: the database and {len(manifest.files) - 1} media, {size:.1f} MB")
