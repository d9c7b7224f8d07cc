"""Whether this machine can serve: every stage by itself, then one whole turn. The exit status says so, too."""

import os
import subprocess
import tempfile
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from pydantic import ValidationError

from accounts.models import User
from gpu_tasks.devices import Unfit
from gpu_tasks.stages import STAGES
from tutor_site.doctor.stage import Finding, examine
from tutor_site.doctor.table import Row, table, turn_words
from tutor_site.doctor.turn import WholeTurn, take_turn
from tutor_site.management.commands.workers import add_file
from tutor_site.supervisor import (
    NotReady,
    Stack,
    Supervisor,
    WorkerSpec,
    check_fit,
    free_port,
    worker_command,
)

STAGE_PATIENCE = 900.0
READY_WITHIN = 600.0
OURS = ("REDIS_URL", "DATABASE_URL", "MEDIA_ROOT", "ALLOWED_HOSTS", "ENGINE_ENABLED", "ENGINE_URL")
"""Of the environment: the doctor brings its own, and leaves the school's alone."""


class Command(BaseCommand):
    help = "Runs one real item through every stage, and one whole turn; says whether this machine can serve."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        add_file(parser)
        parser.add_argument("--without-turn", action="store_true", help="the stages by themselves only")
        # What it starts itself with, in the environment of a worker.
        parser.add_argument("--examine", choices=STAGES, help="one stage, here and now; prints JSON")
        parser.add_argument("--take-turn", metavar="VOICE", help="one turn, here and now; prints JSON")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["examine"]:
            self.stdout.write(examine(options["examine"]).model_dump_json())
        elif options["take_turn"]:
            student = User.objects.get(email="student@example.com")
            self.stdout.write(take_turn(student, options["take_turn"]).model_dump_json())
        else:
            with tempfile.TemporaryDirectory(prefix="tutor-doctor-") as home:
                self._visit(Path(home), options["file"], with_turn=not options["without_turn"])

    def _visit(self, home: Path, file: Path, *, with_turn: bool) -> None:
        stack = stack_in(home, file)
        try:
            specs = stack.specs()
            check_fit(specs)
        except (OSError, ValueError, Unfit) as error:
            raise CommandError(f"This machine cannot serve the {settings.PROFILE} profile: {error}") from error
        with Supervisor(stack.servers(), logs=home / "logs") as processes:
            rows = [row for spec in specs for row in examine_worker(stack, spec)]
            self.stdout.write(table(rows))
            unfit = [worker for worker, _, finding in rows if not finding.is_fit]
            if with_turn and not any(finding.error for _, _, finding in rows):
                voice = next(finding.voice for _, stage, finding in rows if stage == "tts")
                turn = whole_turn(stack, processes, voice)
                self.stdout.write(turn_words(turn))
                unfit += [] if turn.is_fit else ["the whole turn"]
        if unfit:
            raise CommandError(f"This machine cannot serve: {', '.join(unfit)}.")
        self.stdout.write("This machine can serve.")


def stack_in(home: Path, file: Path) -> Stack:
    """The product with a database, a Redis and media of its own, but the models and environments of this one."""
    environ = {key: value for key, value in os.environ.items() if key not in OURS}
    environ |= {"TUTOR_MODE": "demo", "TUTOR_PROFILE": settings.PROFILE, "MODELS_DIR": str(settings.MODELS_DIR)}
    return Stack(
        home=home, root=settings.BASE_DIR, port=free_port(), environ=environ, workers=file, venvs=settings.TUTOR_HOME
    )


def examine_worker(stack: Stack, spec: WorkerSpec) -> list[Row]:
    return [(spec.name, stage, examine_apart(stack, spec, stage)) for stage in STAGES if stage in spec.queues]


def examine_apart(stack: Stack, spec: WorkerSpec, stage: str) -> Finding:
    """In the environment, and on the card, of the worker."""
    engine = settings.STAGES[stage]["ENGINE"].rpartition(".")[2]
    try:
        command = worker_command(stack.root, stack.environment, spec, settings.TUTOR_HOME)
        done = subprocess.run(
            [command.argv[0], "manage.py", "doctor", "--examine", stage],
            env=dict(command.env),
            cwd=command.cwd,
            capture_output=True,
            text=True,
            timeout=STAGE_PATIENCE,
        )
        return Finding.model_validate_json((done.stdout.splitlines() or [""])[-1])
    except ValidationError:
        last = [line for line in done.stderr.splitlines() if line.strip()][-1:]
        return Finding(engine=engine, error=f"ended with status {done.returncode}: {' '.join(last)}")
    except subprocess.TimeoutExpired:
        return Finding(engine=engine, error=f"nothing after {STAGE_PATIENCE:.0f} s")
    except ValueError as error:
        return Finding(engine=engine, error=str(error))


def whole_turn(stack: Stack, processes: Supervisor, voice: str) -> WholeTurn:
    python = worker_command(stack.root, stack.environment, WorkerSpec(name="doctor", queues=("default",))).argv[0]

    def manage(*words: str) -> str:
        answer = subprocess.run(
            [python, "manage.py", *words], env=stack.environment, cwd=stack.root, capture_output=True, text=True
        )
        if answer.returncode:
            raise CommandError(f"manage.py {words[0]} failed:\n{answer.stderr}")
        return answer.stdout

    manage("migrate", "--verbosity=0")
    manage("seed")
    processes.add(*stack.workers_of(database=False), *stack.site())
    try:
        processes.wait_ready(stack.answers, timeout=READY_WITHIN)
    except NotReady as error:
        raise CommandError(str(error)) from error
    return WholeTurn.model_validate_json(manage("doctor", "--take-turn", voice).splitlines()[-1])
