from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from gpu_tasks.engines.errors import EngineError


class Command(BaseCommand):
    help = "Compare MuseTalk's engine with what the official classes gave: the greatest differences, and whether small."
    requires_system_checks = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("folder", type=Path, help="musetalkV15/ sd-vae/ whisper/ speech.wav expected.npz")
        parser.add_argument("--device", default="cpu", help="cpu (the default), cuda or cuda:0; always in float32")

    def handle(self, *args: Any, folder: Path, device: str, **options: Any) -> None:
        try:
            from gpu_tasks.engines.avatar.musetalk import golden, net
        except ImportError as error:
            raise CommandError(f"docker/requirements-gpu.txt is not installed here: {error}") from error
        try:
            found = golden.compare(folder, net.Net(folder, device=device, dtype="float32"))
        except EngineError as error:
            raise CommandError(str(error)) from error
        rows = [
            ("audio tokens", found.tokens, golden.TOKENS),
            ("latents", found.latents, golden.LATENTS),
            ("pixels (0..1)", found.pixels, golden.PIXELS),
        ]
        for name, difference, bound in rows:
            verdict = "ok" if difference <= bound else "TOO GREAT"
            self.stdout.write(f"{name:<14} {difference:.2e}  at most {bound:.2e}  {verdict}")
        if not found.small:
            raise CommandError("this is not what the official classes give")
