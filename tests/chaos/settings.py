"""The product's own settings, with a media store that may run full."""

from tutor_site.settings import *  # noqa: F403
from tutor_site.settings import STORAGES, TUTOR_HOME

STORAGES["default"] = {
    "BACKEND": "tests.chaos.engines.TroubledStore",
    "OPTIONS": {"allow_overwrite": True, "trouble": str(TUTOR_HOME / "trouble")},
}
