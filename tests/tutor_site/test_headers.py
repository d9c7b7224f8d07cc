"""What a browser may do on our pages: a hostile reply that got into one could still load and send nothing."""

import re
from contextlib import closing
from pathlib import Path
from wsgiref.headers import Headers

import pytest
from django.test import Client, override_settings
from pytest_django import Settings

from accounts.models import User
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


@pytest.mark.usefixtures("db")
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


@pytest.mark.usefixtures("db")
def test_what_a_build_names_by_its_content_comes_packed_and_is_kept(settings: Settings, tmp_path: Path) -> None:
    (tmp_path / "assets").mkdir()
    for name, size in {"": 3, ".gz": 2, ".br": 1}.items():
        (tmp_path / "assets" / f"index-Dk6VEnEp.js{name}").write_bytes(b"x" * size)
    (tmp_path / "assets" / "plain.js").write_bytes(b"x")
    settings.WHITENOISE_ROOT = tmp_path
    client = Client()

    with closing(client.get("/assets/index-Dk6VEnEp.js", headers={"Accept-Encoding": "gzip, br"})) as answer:
        assert answer.headers["Content-Encoding"] == "br"
        assert answer.headers["Vary"] == "Accept-Encoding"
        assert "immutable" in answer.headers["Cache-Control"]
    with closing(client.get("/assets/index-Dk6VEnEp.js")) as answer:
        assert "Content-Encoding" not in answer.headers
    with closing(client.get("/assets/plain.js")) as answer:
        assert "immutable" not in answer.headers["Cache-Control"]


@pytest.mark.parametrize(
    ("url", "scripts"),
    [
        ("/admin/login/", ["'self'", "'unsafe-eval'"]),
        ("/api/docs", None),
        ("/api/config", None),
        ("/media/sessions/1/2/0.mp4", None),
        ("/engine/health", None),
    ],
)
@pytest.mark.usefixtures("redis", "db")
def test_no_answer_lets_a_script_in_that_is_not_ours(client: Client, url: str, scripts: list[str] | None) -> None:
    answer = client.get(url)
    rules = policy(answer.headers["Content-Security-Policy"])

    assert rules.get("script-src") == scripts
    assert rules["default-src"] in (["'self'"], ["'none'"])
    assert rules["frame-ancestors"] == ["'none'"]
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Referrer-Policy"] == "same-origin"
    assert answer.headers["Permissions-Policy"].startswith("microphone=(self)")
    assert answer.headers["X-Frame-Options"] == "DENY"


def test_the_pages_of_the_documentation_have_no_script_in_them(client: Client) -> None:
    page = client.get("/api/docs").content.decode()

    assert re.findall(r"<script(?![^>]*src=)[^>]*>", page) == []


@pytest.mark.usefixtures("redis")
@pytest.mark.parametrize("url", ["/admin/", "/admin/sessions_app/tutor/add/", "/admin/accounts/user/", "/admin/login/"])
def test_nor_has_the_staff_side(root: User, client: Client, url: str) -> None:
    client.force_login(root)

    page = client.get(url, follow=True).content.decode()

    assert [tag for tag in re.findall(r"<script(?![^>]*src=)[^>]*>", page) if "application/json" not in tag] == []
    assert re.findall(r"\son[a-z]+=\"", page) == []


@pytest.mark.usefixtures("db")
@pytest.mark.parametrize(("origin", "allowed"), [("https://app.example", True), ("https://evil.example", False)])
def test_other_pages_may_read_answers_where_it_is_configured(client: Client, origin: str, allowed: bool) -> None:
    asked = {"Origin": origin, "Access-Control-Request-Method": "POST"}
    with override_settings(CORS_ALLOWED_ORIGINS=["https://app.example"]):
        before = client.options("/api/auth/login", headers=asked)
        answer = client.get("/api/config", headers=asked)
        staff = client.get("/admin/login/", headers=asked)

    for each in (before, answer):
        assert each.headers.get("Access-Control-Allow-Origin") == (origin if allowed else None)
        assert "Access-Control-Allow-Credentials" not in each.headers
    assert "Access-Control-Allow-Origin" not in staff.headers


def test_by_default_nobody_elses_page_may(client: Client, db: None) -> None:
    answer = client.get("/api/config", headers={"Origin": "https://app.example"})

    assert "Access-Control-Allow-Origin" not in answer.headers
