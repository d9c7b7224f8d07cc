"""The voices that can be chosen for a tutor."""

from collections.abc import Mapping
from typing import cast

from django.conf import settings
from django.utils.module_loading import import_string

from gpu_tasks.engines.tts.base import Voice


def offered() -> Mapping[str, Voice]:
    """Those of the configured engine, by name. Loads no model, nor a model's library."""
    return cast(Mapping[str, Voice], import_string(settings.STAGES["tts"]["ENGINE"]).voices)
