"""Where a session's socket is: at ENGINE_URL, or on the host the call came to."""

from urllib.parse import urlsplit

from django.conf import settings
from django.http import HttpRequest

from accounts import socket_tokens
from sessions_app.models import Session


def socket_address(request: HttpRequest, session: Session) -> dict[str, str]:
    base = urlsplit(settings.ENGINE_URL or request.build_absolute_uri("/"))
    scheme = "wss" if base.scheme in ("https", "wss") else "ws"
    host = base.netloc.rpartition("@")[2]  # a key that an operator put into the address stays here
    return {
        "engine_url": f"{scheme}://{host}/ws/ws/{session.id}",
        "engine_token": socket_tokens.issue(session.id, session.student_id),
    }
