from argparse import ArgumentParser
from datetime import date
from typing import Any

from django.core.management.base import BaseCommand

from sessions_app import figures


class Command(BaseCommand):
    help = (
        "Counts the figures of the dashboard anew from the sessions that are there. "
        "What was erased since then is no longer counted."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--since", type=date.fromisoformat, metavar="YYYY-MM-DD", help="leave older days as they are"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        self.stdout.write(f"{figures.rebuild(options['since'])} days")
