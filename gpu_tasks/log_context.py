"""What a piece of work is about (turn, session, stage), for every line that is logged within it."""

import logging
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from types import MappingProxyType

_about: ContextVar[Mapping[str, str]] = ContextVar("about", default=MappingProxyType({}))


@contextmanager
def about(**fields: str) -> Iterator[None]:
    token = _about.set({**_about.get(), **fields})
    try:
        yield
    finally:
        _about.reset(token)


def is_about(**fields: str) -> None:
    """From here on, to the end of this task of the event loop and of what it starts."""
    _about.set({**_about.get(), **fields})


def is_about_nothing() -> None:
    _about.set(MappingProxyType({}))


class SaysWhat(logging.Filter):
    def filter(self, record: logging.LogRecord) -> bool:
        for name, value in _about.get().items():
            setattr(record, name, value)
        return True
