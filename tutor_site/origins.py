"""Which pages may open a socket: ours, and those of ALLOWED_ORIGINS. Browsers tell where a page comes from; whoever
tells nothing is no browser, and needs a token as everybody does."""

from collections.abc import Awaitable, Callable
from typing import Any
from urllib.parse import urlsplit

from channels.security.websocket import WebsocketDenier
from django.conf import settings
from django.http.request import validate_host

Application = Callable[[Any, Any, Any], Awaitable[None]]


class OwnPages:
    def __init__(self, application: Application) -> None:
        self._application = application

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        headers = {name: value.decode("latin-1") for name, value in scope["headers"]}
        origin, host = headers.get(b"origin"), headers.get(b"host", "")
        application = self._application if origin is None or is_ours(origin, host) else WebsocketDenier()
        await application(scope, receive, send)


def is_ours(origin: str, host: str) -> bool:
    if origin in (*settings.ALLOWED_ORIGINS, *settings.CSRF_TRUSTED_ORIGINS):
        return True
    try:
        asked = urlsplit(origin)
        name = asked.hostname
    except ValueError:
        return False
    if asked.scheme not in ("http", "https") or name is None or not validate_host(name, settings.ALLOWED_HOSTS or [""]):
        return False
    # Where any name is allowed, only that of the call itself is ours.
    return "*" not in settings.ALLOWED_HOSTS or asked.netloc.lower() == host.lower()
