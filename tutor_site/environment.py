"""How the settings read the environment: a wrong value stops the start with its key and what was wanted."""

import environ
from django.core.exceptions import ImproperlyConfigured

env = environ.Env()


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
