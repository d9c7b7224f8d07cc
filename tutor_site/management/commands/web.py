"""The web process, in the place of this one: what a container runs."""

import os
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand

from tutor_site.management.commands.workers import environment
from tutor_site.supervisor import web_command


class Command(BaseCommand):
    help = "Becomes the web process, at HOST and PORT."
    requires_system_checks: list[str] = []

    def handle(self, *args: Any, **options: Any) -> None:
        environ = environment()
        host, port = environ.get("HOST") or "127.0.0.1", int(environ.get("PORT") or 8000)
        command = web_command(settings.BASE_DIR, environ, host=host, port=port)
        os.chdir(command.cwd)
        os.execve(command.argv[0], command.argv, dict(command.env))
