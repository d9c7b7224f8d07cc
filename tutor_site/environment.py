"""How the settings read the environment: a wrong value stops the start with its key and what was wanted."""

import re
from pathlib import Path

import environ
from django.core.exceptions import ImproperlyConfigured

env = environ.Env()

BASE_DIR = Path(__file__).resolve().parent.parent
TUTOR_HOME = Path(env.str("TUTOR_HOME", str(BASE_DIR / ".tutor"))).expanduser().resolve()

SECONDS = {"s": 1, "sec": 1, "min": 60, "h": 3600, "hour": 3600, "day": 86_400}
Rate = tuple[int, int]
"""How often, in how many seconds."""


def choice(key: str, default: str, allowed: tuple[str, ...]) -> str:
    value: str = env.str(key, default)
    if value not in allowed:
        raise ImproperlyConfigured(f"{key}={value!r}: wanted one of {', '.join(allowed)}")
    return value


def flag(key: str, default: bool) -> bool:
    value = env.str(key, str(default)).lower()
    if value not in ("true", "false", "1", "0"):
        raise ImproperlyConfigured(f"{key}={value!r}: wanted true or false")
    return value in ("true", "1")


def at_least(least: int, key: str, default: int) -> int:
    value: int = env.int(key, default)
    if value < least:
        raise ImproperlyConfigured(f"{key}={value}: wanted {least} or more")
    return value


def rate(key: str, default: str) -> Rate:
    """Such as 30/min; 0/min: no limit."""
    value: str = env.str(key, default)
    match = re.fullmatch(r"(\d{1,9})/(\w+)", value)
    if match is None or match[2] not in SECONDS:
        raise ImproperlyConfigured(
            f"{key}={value!r}: wanted a number and a time, such as 30/min ({', '.join(SECONDS)})"
        )
    return int(match[1]), SECONDS[match[2]]


def origins(key: str) -> list[str]:
    found: list[str] = env.list(key, default=[])
    for origin in found:
        if not re.fullmatch(r"https?://[^/*\s]+", origin):
            raise ImproperlyConfigured(f"{key}: {origin!r} is no origin; wanted such as https://tutor.school.example")
    return found
