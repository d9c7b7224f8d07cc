"""The engine side, for another web backend: one key, the same sessions."""

import base64
from typing import Any

import pytest
from pytest_django import Settings
from rest_framework.test import APIClient

from accounts import socket_tokens
from accounts.models import User
from sessions_app.models import Session, Tutor
from tests.environment import SERVICE_KEY

pytestmark = pytest.mark.usefixtures("redis")


def basic(password: str, user: str = "engine") -> str:
    return "Basic " + base64.b64encode(f"{user}:{password}".encode()).decode()


def with_header(authorization: str) -> APIClient:
    client = APIClient()
    client.credentials(HTTP_AUTHORIZATION=authorization)
    return client


@pytest.fixture
def backend() -> APIClient:
    return with_header(f"Bearer {SERVICE_KEY}")


def test_it_opens_a_session_for_one_of_our_students(backend: APIClient, alice: User, tutor: Tutor) -> None:
    body = {"tutor_id": tutor.id, "student_id": alice.id, "kb_id": "plants"}

    answer = backend.post("/engine/v1/sessions", body, format="json")

    opened = answer.json()
    assert answer.status_code == 201
    assert set(opened) == {"session_id", "engine_url", "engine_token", "status"}
    assert opened["engine_url"] == f"ws://testserver/ws/ws/{opened['session_id']}"
    assert socket_tokens.check(opened["engine_token"], opened["session_id"]) == alice.id
    session = Session.objects.get()
    assert (session.student, session.tutor, session.knowledge_base and session.knowledge_base.slug) == (
        alice,
        tutor,
        "plants",
    )


def test_it_reads_and_ends_the_same_session(backend: APIClient, session: Session) -> None:
    path = f"/engine/v1/sessions/{session.id}"

    shown = backend.get(path).json()
    ended = backend.delete(path)

    assert (shown["session_id"], shown["student_id"], shown["status"]) == (session.id, session.student_id, "active")
    assert (ended.status_code, ended.content) == (204, b"")
    assert backend.get(path).json()["status"] == "ended"


@pytest.mark.parametrize(
    "authorization", [f"Bearer {SERVICE_KEY}", f"bearer {SERVICE_KEY}", basic(SERVICE_KEY), basic(SERVICE_KEY, "")]
)
def test_the_key_comes_as_bearer_or_as_any_users_password(session: Session, authorization: str) -> None:
    assert with_header(authorization).get(f"/engine/v1/sessions/{session.id}").status_code == 200


@pytest.mark.parametrize(
    "authorization",
    [
        "",
        "Bearer",
        "Bearer ",
        "Bearer wrong",
        f"Token {SERVICE_KEY}",
        SERVICE_KEY,
        basic("wrong"),
        basic("", SERVICE_KEY),
        "Basic",
        "Basic not-base64!",
        "Basic \u00e4\u00f6",
        "Basic " + base64.b64encode(b"\xff\xfe").decode(),
        "Basic " + base64.b64encode(SERVICE_KEY.encode()).decode(),
    ],
)
@pytest.mark.parametrize("method", ["get", "delete"])
def test_nothing_else_opens_it(session: Session, authorization: str, method: str) -> None:
    answer = getattr(with_header(authorization), method)(f"/engine/v1/sessions/{session.id}")

    assert (answer.status_code, answer.json()) == (403, {"detail": "A valid service key is needed."})


@pytest.mark.parametrize("authorization", ["", "Bearer ", basic(""), f"Bearer {SERVICE_KEY}", basic(SERVICE_KEY)])
def test_without_a_key_configured_it_is_closed(session: Session, settings: Settings, authorization: str) -> None:
    settings.ENGINE_API_KEY = ""

    assert with_header(authorization).get(f"/engine/v1/sessions/{session.id}").status_code == 403


@pytest.mark.parametrize(
    "change", [{"tutor_id": 999}, {"student_id": 999}, {"kb_id": "unknown"}, {"student_id": 10**30}]
)
def test_what_we_do_not_know_is_404_without_a_session(
    backend: APIClient, alice: User, tutor: Tutor, change: dict[str, Any]
) -> None:
    body = {"tutor_id": tutor.id, "student_id": alice.id, **change}

    answer = backend.post("/engine/v1/sessions", body, format="json")

    assert answer.status_code == 404
    assert set(answer.json()) == {"detail"}
    assert not Session.objects.exists()


def test_a_student_who_is_switched_off_is_unknown(backend: APIClient, alice: User, tutor: Tutor) -> None:
    User.objects.filter(id=alice.id).update(is_active=False)

    answer = backend.post("/engine/v1/sessions", {"tutor_id": tutor.id, "student_id": alice.id}, format="json")

    assert answer.status_code == 404


def test_a_tutor_must_be_open_to_that_student(backend: APIClient, alice: User, root: User, closed_tutor: Tutor) -> None:
    statuses = [
        backend.post(
            "/engine/v1/sessions", {"tutor_id": closed_tutor.id, "student_id": user.id}, format="json"
        ).status_code
        for user in (alice, root)
    ]

    assert statuses == [404, 201]


def test_a_wrong_field_is_named(backend: APIClient, tutor: Tutor) -> None:
    answer = backend.post("/engine/v1/sessions", {"tutor_id": tutor.id}, format="json")

    assert (answer.status_code, set(answer.json())) == (400, {"student_id"})


@pytest.mark.parametrize("method", ["get", "delete"])
def test_an_unknown_session_is_404(backend: APIClient, db: None, method: str) -> None:
    answer = getattr(backend, method)(f"/engine/v1/sessions/{'0' * 32}")

    assert answer.status_code == 404
    assert "detail" in answer.json()


def test_with_the_engine_switched_off_there_is_no_session(
    backend: APIClient, alice: User, tutor: Tutor, settings: Settings
) -> None:
    settings.ENGINE_ENABLED = False

    answer = backend.post("/engine/v1/sessions", {"tutor_id": tutor.id, "student_id": alice.id}, format="json")

    assert (answer.status_code, answer.json()) == (503, {"detail": "GPU Server is not enabled"})
