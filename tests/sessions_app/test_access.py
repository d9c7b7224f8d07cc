"""Who may do what: every route and method of the product against everybody who might call it.

The routes are read from the URL patterns, so that a new one without a row here fails.
"""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from django.urls import URLPattern, URLResolver, get_resolver
from pytest_django import Settings
from rest_framework.test import APIClient
from rest_framework_simplejwt.tokens import RefreshToken

from accounts.models import User
from sessions_app.models import Session, Tutor
from tests.environment import SERVICE_KEY

METHODS = ("get", "post", "put", "patch", "delete")


class Expected(NamedTuple):
    """Statuses. Alice owns the session; Dora is staff; the key is that of another web backend."""

    nobody: int
    alice: int
    charlie: int
    dora: int
    key: int


def everybody(status: int) -> Expected:
    return Expected(status, status, status, status, status)


LOGGED_IN = Expected(401, 200, 200, 200, 401)
OWNER = Expected(401, 200, 404, 404, 401)
WITH_KEY = Expected(403, 403, 403, 403, 200)

MATRIX: dict[tuple[str, str], Expected] = {
    ("get", "health"): everybody(200),
    ("get", "api/config"): everybody(200),
    ("get", "api/schema"): everybody(200)._replace(key=401),
    ("get", "api/docs"): everybody(200)._replace(key=401),
    ("get", "<page>"): everybody(200),
    ("post", "api/auth/login"): everybody(400),
    ("post", "api/auth/refresh"): everybody(400),
    ("post", "api/auth/register"): everybody(400),
    ("post", "api/auth/logout"): everybody(400),
    ("post", "api/auth/handover"): everybody(400),
    ("get", "api/auth/me"): LOGGED_IN,
    ("patch", "api/auth/me"): LOGGED_IN,
    ("get", "api/tutors"): LOGGED_IN,
    ("get", "api/tutors/<int:pk>"): LOGGED_IN,
    ("get", "api/student/sessions"): LOGGED_IN,
    ("post", "api/student/sessions"): LOGGED_IN,
    ("get", "api/student/sessions/<str:session_id>"): OWNER,
    ("delete", "api/student/sessions/<str:session_id>"): OWNER,
    ("post", "api/student/sessions/<str:session_id>/token"): OWNER,
    ("get", "api/student/sessions/<str:session_id>/turns"): OWNER,
    ("patch", "api/student/sessions/<str:session_id>"): OWNER,
    ("post", "api/student/sessions/<str:session_id>/resume"): OWNER,
    ("delete", "api/student/sessions/<str:session_id>/transcript"): OWNER._replace(alice=204),
    ("get", "api/student/sessions/<str:session_id>/export"): OWNER._replace(alice=400),  # without a format
    ("get", "api/student/sessions/<str:session_id>/summary"): OWNER,
    ("post", "api/student/sessions/<str:session_id>/checks"): OWNER._replace(alice=409),  # it has not ended
    ("post", "api/student/sessions/<str:session_id>/checks/<int:position>/answer"): OWNER._replace(alice=404),
    ("get", "api/student/progress"): LOGGED_IN,
    ("get", "api/student/gpu/health"): everybody(200),
    ("get", "engine/health"): everybody(503),  # no workers run
    ("post", "engine/v1/sessions"): WITH_KEY._replace(key=201),
    ("get", "engine/v1/sessions/<str:session_id>"): WITH_KEY,
    ("delete", "engine/v1/sessions/<str:session_id>"): WITH_KEY._replace(key=204),
    ("get", "media/<path:key>"): everybody(403),
}
# Django's own, with its own tests: it wants a session cookie of somebody who is staff.
NOT_OURS = ("admin/",)


def routes(patterns: list[URLPattern | URLResolver], prefix: str = "") -> Iterator[tuple[str, Any]]:
    for pattern in patterns:
        route = prefix + str(pattern.pattern)
        if route.startswith(NOT_OURS):
            continue
        if isinstance(pattern, URLResolver):
            yield from routes(pattern.url_patterns, route)
        else:
            yield ("<page>" if "<path>" in route else route), pattern.callback


def methods(view: Any) -> list[str]:
    """What a view answers; a plain function says it by its decorator, and ours are all for reading."""
    if not hasattr(view, "cls"):
        return ["get"]
    return [method for method in METHODS if hasattr(view.cls, method) and method in view.cls.http_method_names]


ROUTES = [(method, route) for route, view in routes(get_resolver().url_patterns) for method in methods(view)]


@pytest.fixture
def as_somebody(alice: User, charlie: User, dora: User) -> Callable[[str], APIClient]:
    users = {"alice": alice, "charlie": charlie, "dora": dora}

    def log_in(who: str) -> APIClient:
        client = APIClient()
        if who in users:
            client.credentials(HTTP_AUTHORIZATION=f"Bearer {RefreshToken.for_user(users[who]).access_token}")
        elif who == "key":
            client.credentials(HTTP_AUTHORIZATION=f"Bearer {SERVICE_KEY}")
        return client

    return log_in


@pytest.fixture(autouse=True)
def react_app(settings: Settings, tmp_path: Path) -> None:
    (tmp_path / "index.html").write_text("<!doctype html>")
    settings.FRONTEND_DIST = tmp_path


def test_every_route_and_method_has_a_row_and_every_row_a_route() -> None:
    assert set(ROUTES) == set(MATRIX)


def test_no_route_ends_in_a_slash() -> None:
    assert [route for _, route in ROUTES if route.endswith("/")] == []


@pytest.mark.usefixtures("redis")
@pytest.mark.parametrize("who", Expected._fields)
@pytest.mark.parametrize(("method", "route"), list(MATRIX))
def test_everybody_gets_what_is_his(
    as_somebody: Callable[[str], APIClient], session: Session, method: str, route: str, who: str
) -> None:
    path = (
        route.replace("<int:pk>", str(session.tutor_id))
        .replace("<str:session_id>", session.id)
        .replace("<int:position>", "1")
        .replace("<path:key>", f"{session.folder}t/0.mp4")
        .replace("<page>", "some/page")
    )
    body: dict[str, Any] = {}
    if path in ("api/student/sessions", "engine/v1/sessions"):
        body = {"tutor_id": session.tutor_id, "student_id": session.student_id}

    answer = getattr(as_somebody(who), method)(f"/{path}", body or None, format="json" if body else None)

    assert answer.status_code == getattr(MATRIX[method, route], who)


@pytest.mark.usefixtures("redis")
@pytest.mark.parametrize(("method", "route"), [row for row in MATRIX if row[1].startswith(("api/", "engine/v1"))])
def test_a_trailing_slash_is_another_address(
    as_somebody: Callable[[str], APIClient], session: Session, method: str, route: str
) -> None:
    path = route.replace("<int:pk>", str(session.tutor_id)).replace("<str:session_id>", session.id)

    assert getattr(as_somebody("alice"), method)(f"/{path}/").status_code == 404


@pytest.mark.usefixtures("redis")
@pytest.mark.parametrize("method", METHODS)
def test_a_method_a_route_does_not_have_is_405(
    as_somebody: Callable[[str], APIClient], tutor: Tutor, method: str
) -> None:
    expected = 200 if method == "get" else 405

    assert getattr(as_somebody("alice"), method)("/api/tutors").status_code == expected


@pytest.mark.parametrize(
    "authorization", ["Bearer garbage", "Bearer", "Bearer a.b.c", "Basic YTpi", f"Bearer {SERVICE_KEY}"]
)
def test_what_is_no_token_of_ours_is_401(session: Session, authorization: str) -> None:
    client = APIClient()
    client.credentials(HTTP_AUTHORIZATION=authorization)

    answer = client.get(f"/api/student/sessions/{session.id}")

    assert answer.status_code == 401
    assert "detail" in answer.json()


def test_the_admin_is_for_staff(as_somebody: Callable[[str], APIClient], alice: User, dora: User) -> None:
    client = as_somebody("nobody")
    assert client.get("/admin/").status_code == 302

    client.force_login(alice)
    assert client.get("/admin/").status_code == 302

    client.force_login(dora)
    assert client.get("/admin/").status_code == 200
