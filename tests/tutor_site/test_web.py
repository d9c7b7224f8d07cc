"""The web process, before it serves anybody."""

import os
import subprocess
import sys

from tests.environment import REPOSITORY

COUNTED = """
import gc
from tutor_site import web
web._keep_what_is_loaded()
print(gc.get_freeze_count(), len(gc.get_objects()))
"""


def test_the_collector_no_longer_looks_at_what_was_loaded_at_the_start() -> None:
    done = subprocess.run(
        [sys.executable, "-c", COUNTED],
        cwd=REPOSITORY,
        env={**os.environ, "DJANGO_SETTINGS_MODULE": "tutor_site.settings"},
        capture_output=True,
        text=True,
        check=True,
    )
    kept, looked_at = map(int, done.stdout.split())

    assert kept > 50_000
    assert looked_at < kept / 20
