"""Ask from outside whether the product can take a turn. Each answer is None, or what is missing, in words."""

import json
import socket
import urllib.error
import urllib.request
from typing import Any
from urllib.parse import unquote, urlsplit

PATIENCE = 5.0


def redis_answers(url: str) -> str | None:
    parts = urlsplit(url)
    if parts.scheme != "redis":
        return None  # a socket or TLS: someone else's Redis, which the workers' own readiness speaks of
    words = f"Redis at {parts.hostname}:{parts.port or 6379}"
    try:
        with socket.create_connection((parts.hostname or "127.0.0.1", parts.port or 6379), PATIENCE) as connection:
            connection.settimeout(PATIENCE)
            if parts.password:
                login = ["AUTH", *([unquote(parts.username)] if parts.username else []), unquote(parts.password)]
                if not _ask(connection, *login).startswith(b"+OK"):
                    return f"{words} refuses the password"
            answer = _ask(connection, "PING")
    except OSError as error:
        return f"{words}: {error}"
    return None if answer.startswith(b"+PONG") else f"{words} answers {answer[:80].decode(errors='replace')!r}"


def _ask(connection: socket.socket, *words: str) -> bytes:
    request = b"*%d\r\n" % len(words)
    for word in words:
        request += b"$%d\r\n%b\r\n" % (len(word.encode()), word.encode())
    connection.sendall(request)
    return connection.recv(256)


def site_answers(base: str, host: str | None = None) -> str | None:
    """`base`: where the web process listens. `host`: the name to ask for, when ALLOWED_HOSTS is strict."""
    headers = {"Host": host} if host else {}
    try:
        _get(f"{base}/health", headers)
        health = _get(f"{base}/api/student/gpu/health", headers)
    except (OSError, ValueError) as error:
        return f"web: {error}"
    if health.get("enabled") is False:
        return None
    stages = health.get("gpu_server", {})
    return None if stages.get("status") == "healthy" else str(stages.get("error", "stages without a word"))


def _get(url: str, headers: dict[str, str]) -> dict[str, Any]:
    # The machine's proxy settings are for the way out, not for our own address.
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    with opener.open(urllib.request.Request(url, headers=headers), timeout=PATIENCE) as answer:
        value = json.load(answer)
    if not isinstance(value, dict):
        raise ValueError(f"{url} answered no JSON object")
    return value
