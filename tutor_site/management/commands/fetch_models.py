"""Gets the weights of a profile, once, before anybody asks anything."""

import shutil
import sys
import time
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from gpu_tasks.devices import GB
from tutor_site.weights.download import FetchFailed, digest, fetch
from tutor_site.weights.manifest import FOLDER, File, Lock, Model, read_manifest

HUB = "https://huggingface.co"
NOTHING = "The cpu profile's weights come as packages, with `make run`. There is nothing to fetch."


class Command(BaseCommand):
    help = "Fetches the weights of a profile into MODELS_DIR, from a hub or a mirror."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--profile", choices=("cpu", "gpu"), default=settings.PROFILE)
        parser.add_argument("--manifest", type=Path, help="another list than the profile's own")
        parser.add_argument("--only", action="append", help="a folder of the list, such as musetalk; may be repeated")
        parser.add_argument("--into", type=Path, default=settings.MODELS_DIR, help="default: MODELS_DIR")
        parser.add_argument("--hub", default=HUB, help="where the repositories are")
        parser.add_argument("--from", dest="mirror", help="a folder or address that is a copy of a filled MODELS_DIR")
        parser.add_argument("--verify", action="store_true", help="also read again what is there already")
        parser.add_argument("--yes", action="store_true", help="the licences are accepted")

    def handle(self, *args: Any, **options: Any) -> None:
        file = options["manifest"] or FOLDER / f"{options['profile']}.toml"
        if not file.is_file():
            self.stdout.write(NOTHING)
            return
        models = self._chosen(read_manifest(file), options["only"])
        into: Path = options["into"]
        into.mkdir(parents=True, exist_ok=True)
        lock = Lock(into)
        missing = [model for model in models if any(not (into / model.place(each)).is_file() for each in model.files)]
        self._ask(missing, into, yes=options["yes"])
        failed = 0
        for model in models:
            for each in model.files:
                try:
                    self._fetch(model, each, into, lock, options)
                except FetchFailed as error:
                    self.stderr.write(f"{model.place(each)}: {error}", self.style.ERROR)
                    failed += 1
        if failed:
            raise CommandError(f"{failed} files are not there. The same command goes on from here.")
        self.stdout.write(f"All weights are in {into}.")

    def _chosen(self, models: list[Model], names: list[str] | None) -> list[Model]:
        if unknown := set(names or ()) - {model.name for model in models}:
            there = ", ".join(sorted({model.name for model in models}))
            raise CommandError(f"The list has no {', '.join(sorted(unknown))}; there are: {there}")
        return [model for model in models if not names or model.name in names]

    def _ask(self, models: list[Model], into: Path, *, yes: bool) -> None:
        if not models:
            return
        for model in models:
            self.stdout.write(f"{model.title} ({model.gigabytes:.1f} GB): {model.licence}, {model.licence_url}")
        wanted = sum(model.gigabytes for model in models)
        if (free := shutil.disk_usage(into).free / GB) < wanted:
            raise CommandError(f"{into} has {free:.1f} GB of free disk space, some {wanted:.1f} GB are needed.")
        if yes:
            return
        if not sys.stdin.isatty():
            raise CommandError("Nobody is there to accept the licences: --yes says that they are accepted.")
        if input(f"Fetch some {wanted:.1f} GB under these licences? [y/N] ").strip().lower() not in ("y", "yes"):
            raise CommandError("Nothing was fetched.")

    def _fetch(self, model: Model, file: File, into: Path, lock: Lock, options: dict[str, Any]) -> None:
        place = model.place(file)
        target = into / place
        wanted = file.sha256 or lock.get(place)
        if target.is_file():
            if not options["verify"]:
                return
            if wanted is None or digest(target) == wanted:
                self.stdout.write(f"{place}: {'is right' if wanted else 'is there; no checksum is known'}")
                return
            self.stderr.write(f"{place}: is not what it was; fetching it again", self.style.WARNING)
        mirror: str | None = options["mirror"]
        source: str | Path = model.address(options["hub"], file)
        if mirror:
            source = f"{mirror.rstrip('/')}/{place}" if "://" in mirror else Path(mirror) / place
        found = fetch(source, target, sha256=wanted, progress=Ticker(self.stdout, place))
        lock.add(place, found)
        kind = "as expected" if wanted else "noted in models.lock; compare it with the repository's page"
        self.stdout.write(f"{place}: SHA-256 {found} ({kind})")


class Ticker:
    """A line a second on a terminal, one for each tenth of the file elsewhere."""

    def __init__(self, out: Any, place: str) -> None:
        self._out, self._place = out, place
        self._began, self._told_at, self._tenth = time.monotonic(), 0.0, 0

    def __call__(self, there: int, size: int | None) -> None:
        now = time.monotonic()
        tenth = there * 10 // size if size else 0
        live = self._out.isatty()
        if (now - self._told_at < 1 and there != size) if live else tenth == self._tenth:
            return
        self._told_at, self._tenth = now, tenth
        share = f" of {size / GB:.2f} GB, {100 * there // size} %" if size else " GB"
        speed = there / max(now - self._began, 1e-3) / 1e6
        line = f"{self._place}: {there / GB:.2f}{share}, {speed:.0f} MB/s"
        self._out.write(f"\r{line}" if live else line, ending="\n" if there == size or not live else "")
        self._out.flush()
