"""How the interface answers what it does not know, and who has the key. Who sees and changes what by logging in:
tests/test_who_sees_what.py, tests/test_who_changes_what.py."""

from collections.abc import Callable
from pathlib import Path

import pytest
from pytest_django import Settings
from rest_framework.test import APIClient

from accounts.models import User
from sessions_app.models import Session, Tutor
from tests.environment import SERVICE_KEY
from tests.test_who_changes_what import CALLS as CHANGES
from tests.test_who_sees_what import CALLS as SEEN

Browser = Callable[[User], APIClient]
METHODS = ("get", "post", "put", "patch", "delete")
CALLS = [("get", route) for route in SEEN] + list(CHANGES)
KEY = f"Bearer {SERVICE_KEY}"
OPENED_BY_KEY = {
    ("post", "engine/v1/sessions"): 201,
    ("get", "engine/v1/sessions/<str:session_id>"): 200,
    ("delete", "engine/v1/sessions/<str:session_id>"): 204,
}
FOR_ANYBODY = ("health", "ready", "api/config", "api/student/gpu/health", "engine/health")


@pytest.fixture(autouse=True)
def react_app(settings: Settings, tmp_path: Path) -> None:
    (tmp_path / "index.html").write_text("<!doctype html>")
    settings.FRONTEND_DIST = tmp_path


def path_of(route: str, session: Session) -> str:
    for name, value in {
        "<int:pk>": str(session.tutor_id),
        "<str:session_id>": session.id,
        "<int:position>": "1",
        "<path:key>": f"{session.folder}t/0.mp4",
    }.items():
        route = route.replace(name, value)
    return route


def test_no_route_ends_in_a_slash() -> None:
    assert [route for _, route in CALLS if route.endswith("/")] == []


@pytest.mark.usefixtures("redis")
@pytest.mark.parametrize(("method", "route"), CALLS)
def test_the_key_opens_the_engine_side_and_nothing_else(session: Session, method: str, route: str) -> None:
    client = APIClient()
    client.credentials(HTTP_AUTHORIZATION=KEY)
    body = {"tutor_id": session.tutor_id, "student_id": session.student_id}

    status = getattr(client, method)(
        f"/{path_of(route, session)}", body if method != "get" else None, format="json"
    ).status_code

    if (method, route) in OPENED_BY_KEY:
        assert status == OPENED_BY_KEY[method, route]
    elif route not in FOR_ANYBODY:
        assert status in (400, 401, 403, 405)  # 400: what is open to anybody, without what it wants


@pytest.mark.usefixtures("redis")
@pytest.mark.parametrize(("method", "route"), [row for row in CALLS if row[1].startswith(("api/", "engine/v1"))])
def test_a_trailing_slash_is_another_address(
    browser_of: Browser, alice: User, session: Session, method: str, route: str
) -> None:
    assert getattr(browser_of(alice), method)(f"/{path_of(route, session)}/").status_code == 404


@pytest.mark.usefixtures("redis")
@pytest.mark.parametrize("method", METHODS)
def test_a_method_a_route_does_not_have_is_405(browser_of: Browser, alice: User, tutor: Tutor, method: str) -> None:
    expected = 200 if method == "get" else 405

    assert getattr(browser_of(alice), method)("/api/tutors").status_code == expected


@pytest.mark.parametrize(
    "authorization", ["Bearer garbage", "Bearer", "Bearer a.b.c", "Basic YTpi", f"Bearer {SERVICE_KEY}"]
)
def test_what_is_no_token_of_ours_is_401(session: Session, authorization: str) -> None:
    client = APIClient()
    client.credentials(HTTP_AUTHORIZATION=authorization)

    answer = client.get(f"/api/student/sessions/{session.id}")

    assert answer.status_code == 401
    assert "detail" in answer.json()
