"""What a browser may do on our pages: load from our origin, and use the microphone."""

from collections.abc import Callable
from urllib.parse import urlsplit
from wsgiref import headers as wsgi

from django.conf import settings
from django.http import HttpRequest, HttpResponse

_ALWAYS = ("object-src 'none'", "base-uri 'none'", "form-action 'self'", "frame-ancestors 'none'")
_STAFF = "; ".join(
    (
        "default-src 'self'",
        # No script but files of ours. Alpine, which moves Unfold's pages, makes functions of attributes' texts.
        "script-src 'self' 'unsafe-eval'",
        "style-src 'self' 'unsafe-inline'",
        "img-src 'self' data: blob:",
        "media-src 'self' blob:",
        *_ALWAYS,
    )
)
_DOCS = "; ".join(("default-src 'self'", "style-src 'self' 'unsafe-inline'", "img-src 'self' data:", *_ALWAYS))
# What is no page: opened as one, such as an uploaded file, it can do nothing.
_NO_PAGE = "default-src 'none'; frame-ancestors 'none'; sandbox"
_PERMISSIONS = "microphone=(self), camera=(), geolocation=(), payment=(), usb=(), display-capture=()"


class Headers:
    """What every answer carries that says nothing else by itself."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self._get_response(request)
        if request.path.startswith("/admin/"):
            response.headers.setdefault("Content-Security-Policy", _STAFF)
        elif request.path == "/api/docs":
            response.headers.setdefault("Content-Security-Policy", _DOCS)
        elif request.path.startswith(("/api/", "/engine/", "/media/")):
            response.headers.setdefault("Content-Security-Policy", _NO_PAGE)
        response.headers.setdefault("Permissions-Policy", _PERMISSIONS)
        response.headers.setdefault("Referrer-Policy", "same-origin")
        response.headers.setdefault("X-Content-Type-Options", "nosniff")
        if request.path.startswith("/api/"):
            response.headers.setdefault("Cache-Control", "no-store")
        return response


def page_headers(request: HttpRequest | None = None) -> dict[str, str]:
    """Of every page of the app. Without a request, of one that opens no socket."""
    return {
        "Content-Security-Policy": _policy(_sockets(request) if request else []),
        "Permissions-Policy": _PERMISSIONS,
        "Referrer-Policy": "same-origin",
        "Cross-Origin-Opener-Policy": "same-origin",
        "Cache-Control": "no-cache",
    }


def file_headers(headers: wsgi.Headers, path: str, url: str) -> None:
    """Of what the front end's build puts at the root: its pages, and what a browser must always ask for anew."""
    if url.endswith((".html", "/sw.js")):
        for name, value in page_headers().items():
            headers[name] = value
    elif url.endswith(".webmanifest"):
        headers["Cache-Control"] = "no-cache"


def _policy(sockets: list[str]) -> str:
    return "; ".join(
        (
            "default-src 'self'",
            # The wasm of the voice detection; no inline script, no eval.
            "script-src 'self' 'wasm-unsafe-eval'",
            # Formulas are laid out by style attributes. A style sheet can only be a file of ours.
            "style-src 'self'",
            "style-src-attr 'unsafe-inline'",
            "img-src 'self' data: blob:",
            "media-src 'self' blob:",
            "font-src 'self'",
            " ".join(("connect-src 'self'", *sockets)),
            "worker-src 'self' blob:",
            *_ALWAYS,
        )
    )


def _sockets(request: HttpRequest) -> list[str]:
    """'self' covers the socket of our own host in new browsers only, and never an engine elsewhere."""
    engine = urlsplit(settings.ENGINE_URL)
    secure = engine.scheme in ("https", "wss") if engine.netloc else request.is_secure()
    host = engine.netloc.rpartition("@")[2] or request.get_host()
    return [f"{'wss' if secure else 'ws'}://{host}"]
