"""One worker of a file of docker/workers, in the place of this process: what a container runs."""

import os
from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from tutor_site.management.commands.workers import add_file, chosen, environment
from tutor_site.supervisor import WorkerSpec, worker_command


class Command(BaseCommand):
    help = "Becomes one worker. `workers` runs all of a machine."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        add_file(parser)
        parser.add_argument("name")
        parser.add_argument(
            "--in-container", action="store_true", help="nothing but its GPU and its environment are to be seen here"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        (spec,) = chosen(options["file"], [options["name"]])
        if options["in_container"]:
            spec = contained(spec)
        try:
            command = worker_command(settings.BASE_DIR, environment(), spec, settings.TUTOR_HOME)
        except ValueError as error:
            raise CommandError(str(error)) from error
        os.chdir(command.cwd)
        os.execve(command.argv[0], command.argv, dict(command.env))


def contained(spec: WorkerSpec) -> WorkerSpec:
    """A container's GPUs are counted from 0, whichever of the machine's they are."""
    gpu = None if spec.gpu is None else ",".join(str(index) for index, _ in enumerate(spec.gpu.split(",")))
    return spec.model_copy(update={"gpu": gpu, "venv": None})
