"""What was refused, as codes for programs: beside the words, which are for people, in a header."""

import logging
from collections.abc import Iterator, Mapping
from typing import Any

from django.db import InterfaceError, OperationalError
from redis.exceptions import RedisError
from rest_framework.exceptions import APIException
from rest_framework.response import Response
from rest_framework.views import exception_handler

from sessions_app.errors import words

logger = logging.getLogger(__name__)

HEADER = "X-Error-Code"
RETRY_SECONDS = 5


def with_codes(error: Exception, context: dict[str, Any]) -> Response | None:
    """Django REST's answer to an error, with a header like `email=email_taken password=password_too_short`.

    A code without a field is about the whole request. Of several codes of one field the first counts, as with words.
    """
    if isinstance(error, OperationalError | InterfaceError | RedisError):
        # The database or Redis is away, mostly until another one takes over.
        logger.error("not answered: %s", error, exc_info=error)
        headers = {HEADER: "unavailable", "Retry-After": str(RETRY_SECONDS)}
        return Response({"detail": words("unavailable")}, status=503, headers=headers)
    response = exception_handler(error, context)
    if response is not None and isinstance(error, APIException):
        response[HEADER] = " ".join(_codes(error.get_codes()))
    return response


def _codes(codes: object) -> Iterator[str]:
    if not isinstance(codes, Mapping):
        yield _first(codes)
        return
    for field, of_field in codes.items():
        yield _first(of_field) if field in ("detail", "non_field_errors") else f"{field}={_first(of_field)}"


def _first(codes: object) -> str:
    while isinstance(codes, list | Mapping):
        codes = next(iter(codes.values() if isinstance(codes, Mapping) else codes), "invalid")
    return str(codes)
