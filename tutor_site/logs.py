"""How the lines of the log look: for a person, or as JSON for whatever gathers them."""

from logging import captureWarnings
from typing import Any

from pythonjsonlogger.core import RESERVED_ATTRS

QUIET = (
    # Access lines would carry the token of a socket's address.
    "daphne",
    "django.channels.server",
    "httpx",
    # Each task's arrival, and its return value, which may be what a student said. Stages log their own.
    "celery.worker.strategy",
    "celery.app.trace",
)

FORMATTERS: dict[str, dict[str, Any]] = {
    "human": {"format": "%(asctime)s %(levelname)s %(name)s %(message)s"},
    "json": {
        "()": "pythonjsonlogger.json.JsonFormatter",
        "format": "%(levelname)s %(name)s %(message)s",
        "rename_fields": {"levelname": "level", "name": "logger", "exc_info": "exception"},
        "timestamp": True,
        # Celery's lines bring a task's arguments along, which may be what a student said, and Django's the request,
        # whose address may have a token.
        "reserved_attrs": [*RESERVED_ATTRS, "data", "request"],
        "json_ensure_ascii": False,
    },
}


def logging(form: str, level: str, process: str) -> dict[str, Any]:
    """What each line says besides: the process, and the turn, session and stage it is about."""
    formatter = dict(FORMATTERS[form])
    if form == "json":
        captureWarnings(True)  # Python's, too, are lines of JSON
        formatter["static_fields"] = {"process": process}
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {"line": formatter},
        "filters": {"about": {"()": "gpu_tasks.log_context.SaysWhat"}},
        "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line", "filters": ["about"]}},
        "root": {"handlers": ["console"], "level": level},
        "loggers": {name: {"level": "WARNING"} for name in QUIET},
    }
