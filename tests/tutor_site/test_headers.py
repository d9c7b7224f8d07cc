"""What a browser may do on our pages: a hostile reply that got into one could still load and send nothing."""

from contextlib import closing
from pathlib import Path
from wsgiref.headers import Headers

import pytest
from django.test import Client
from pytest_django import Settings

from tutor_site.headers import file_headers


@pytest.fixture
def page(settings: Settings, tmp_path: Path) -> str:
    (tmp_path / "index.html").write_text("<!doctype html>")
    settings.FRONTEND_DIST = tmp_path
    return "/sessions/1"


def policy(text: str) -> dict[str, list[str]]:
    return {name: sources for name, *sources in (directive.split() for directive in text.split(";"))}


def test_a_page_runs_scripts_of_ours_alone(client: Client, page: str) -> None:
    rules = policy(client.get(page).headers["Content-Security-Policy"])

    assert rules["default-src"] == ["'self'"]
    assert rules["script-src"] == ["'self'", "'wasm-unsafe-eval'"]
    assert rules["style-src"] == ["'self'"]
    assert rules["connect-src"] == ["'self'", "ws://testserver"]
    for closed in ("object-src", "base-uri", "frame-ancestors"):
        assert rules[closed] == ["'none'"]


def test_a_page_may_use_the_microphone_and_no_camera(client: Client, page: str) -> None:
    headers = client.get(page).headers

    assert headers["Permissions-Policy"].startswith("microphone=(self), camera=()")
    assert headers["Referrer-Policy"] == "same-origin"
    assert headers["Cross-Origin-Opener-Policy"] == "same-origin"
    assert headers["X-Content-Type-Options"] == "nosniff"


@pytest.mark.parametrize(
    ("engine_url", "secure", "socket"),
    [
        ("", True, "wss://testserver"),
        ("https://engine:SECRET@gpu.example.org/engine", False, "wss://gpu.example.org"),
        ("http://10.0.0.7:8000", True, "ws://10.0.0.7:8000"),
    ],
)
def test_a_page_may_open_the_socket_where_the_engine_is(
    client: Client, page: str, settings: Settings, engine_url: str, secure: bool, socket: str
) -> None:
    settings.ENGINE_URL = engine_url

    rules = policy(client.get(page, secure=secure).headers["Content-Security-Policy"])

    assert rules["connect-src"] == ["'self'", socket]


@pytest.mark.parametrize("url", ["/index.html", "/offline.html", "/sw.js"])
def test_pages_and_the_service_worker_that_lie_in_the_build_are_bound_too(url: str) -> None:
    headers = Headers()

    file_headers(headers, "", url)

    assert policy(headers["Content-Security-Policy"] or "")["connect-src"] == ["'self'"]
    assert headers["Cache-Control"] == "no-cache"


def test_a_build_is_served_with_its_types(client: Client, settings: Settings, tmp_path: Path) -> None:
    for name in ("sw.js", "manifest.webmanifest", "app.wasm", "module.mjs"):
        (tmp_path / name).write_bytes(b"x")
    settings.WHITENOISE_ROOT = tmp_path
    client = Client()

    def headers(name: str) -> dict[str, str]:
        with closing(client.get(f"/{name}")) as answer:
            return dict(answer.headers)

    types = {
        name: headers(name)["Content-Type"].partition(";")[0]
        for name in ("sw.js", "module.mjs", "manifest.webmanifest", "app.wasm")
    }

    assert types == {
        "sw.js": "text/javascript",
        "module.mjs": "text/javascript",
        "manifest.webmanifest": "application/manifest+json",
        "app.wasm": "application/wasm",
    }
    assert headers("sw.js")["Cache-Control"] == "no-cache"
