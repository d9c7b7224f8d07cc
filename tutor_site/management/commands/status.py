"""Queues, workers, cards and running turns, as they are now. Knows Redis only, so it runs wherever that is reached."""

import json
import time
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from redis.exceptions import RedisError

from tutor_site.status import lines, status

CLEAR = "\x1b[H\x1b[J"


class Command(BaseCommand):
    help = "Shows queues, workers, GPUs and running turns."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--watch", action="store_true", help="again and again, until Ctrl-C")
        parser.add_argument("--seconds", type=float, default=1.0, help="between two looks (default 1)")
        parser.add_argument("--json", action="store_true", help="for programs")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            self._show(options["json"], clear=options["watch"])
            while options["watch"]:
                time.sleep(options["seconds"])
                self._show(options["json"], clear=True)
        except RedisError as error:
            raise CommandError(f"Redis does not answer: {error}") from error
        except KeyboardInterrupt:
            return

    def _show(self, as_json: bool, *, clear: bool) -> None:
        now = status()
        if as_json:
            self.stdout.write(json.dumps(now))
        else:
            self.stdout.write((CLEAR if clear else "") + "\n".join(lines(now)))
        self.stdout.flush()
