"""Writes docker/compose.*.yml anew from docker/workers/*.toml."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

import yaml
from django.conf import settings
from django.core.management.base import BaseCommand

from tutor_site.compose import compose
from tutor_site.supervisor import read_workers

HEAD = "# Written by `make generate` from docker/workers/{name}. Goes with compose.yml.\n"


class Command(BaseCommand):
    help = "Writes the compose files of the workers."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--into", type=Path, default=settings.BASE_DIR / "docker")

    def handle(self, *args: Any, **options: Any) -> None:
        for file in sorted((settings.BASE_DIR / "docker" / "workers").glob("*.toml")):
            (options["into"] / f"compose.{file.stem}.yml").write_text(text(file))


def text(file: Path) -> str:
    return HEAD.format(name=file.name) + yaml.safe_dump(compose(file, read_workers(file)), sort_keys=False, width=120)
