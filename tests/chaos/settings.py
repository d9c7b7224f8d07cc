"""The product's own settings, with a media store that may run full and a clock that may jump."""

import time

from tests.chaos.clock import Clock
from tutor_site.settings import *  # noqa: F403
from tutor_site.settings import STORAGES, TUTOR_HOME, env

STORAGES["default"] = {
    "BACKEND": "tests.chaos.engines.TroubledStore",
    "OPTIONS": {"allow_overwrite": True, "trouble": str(TUTOR_HOME / "trouble")},
}

if process := env.str("CHAOS_PROCESS", ""):
    clock = Clock(TUTOR_HOME / "trouble" / f"clock {process}")
    time.time, time.time_ns = clock.time, clock.time_ns
