"""The workers of one machine, as a file of docker/workers says, kept alive until Ctrl-C."""

import os
import signal
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from gpu_tasks.devices import Unfit
from tutor_site.management.commands.serve import interrupted
from tutor_site.supervisor import (
    DEFAULTS,
    Supervisor,
    WorkerSpec,
    check_fit,
    read_workers,
    with_ports,
    worker_commands,
    workers_file,
)

# What a worker is at when it is to end. A reply is the longest.
GRACE = 60.0


class Command(BaseCommand):
    help = "Runs the workers of this machine until Ctrl-C. Redis and the web process are somewhere else."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        add_file(parser)
        parser.add_argument("names", nargs="*", help="only these")

    def handle(self, *args: Any, **options: Any) -> None:
        specs = with_ports(chosen(options["file"], options["names"]), settings.METRICS_PORT)
        try:
            check_fit(specs)
            commands = worker_commands(settings.BASE_DIR, environment(), specs, settings.TUTOR_HOME)
            processes = Supervisor(
                commands,
                logs=settings.TUTOR_HOME / "logs",
                announce=lambda line: self.stderr.write(line, self.style.WARNING),
            )
        except (OSError, ValueError, Unfit) as error:
            raise CommandError(str(error)) from error
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, interrupted)
        processes.start()
        self.stdout.write(f"Workers: {', '.join(spec.name for spec in specs)}. Logs: {processes.logs}")
        self.stdout.flush()
        try:
            while True:
                signal.pause()
        except KeyboardInterrupt:
            self.stdout.write("Ending what is at work …")
        finally:
            try:
                processes.stop(grace=GRACE)
            except KeyboardInterrupt:
                processes.stop(grace=0.0)


def add_file(parser: ArgumentParser) -> None:
    parser.add_argument(
        "--file",
        type=Path,
        default=workers_file(settings.BASE_DIR, settings.PROFILE),
        help="default: the profile's in docker/workers",
    )


def environment() -> dict[str, str]:
    return {**DEFAULTS, **os.environ, "TUTOR_HOME": str(settings.TUTOR_HOME), "TUTOR_PROFILE": settings.PROFILE}


def chosen(file: Path, names: list[str]) -> list[WorkerSpec]:
    try:
        specs = read_workers(file)
    except (OSError, ValueError) as error:
        raise CommandError(str(error)) from error
    if unknown := set(names) - {spec.name for spec in specs}:
        there = ", ".join(spec.name for spec in specs)
        raise CommandError(f"{file} has no worker {', '.join(sorted(unknown))}; there are: {there}")
    return [spec for spec in specs if spec.name in names] if names else specs
