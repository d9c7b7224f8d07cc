"""How often somebody may call."""

from collections.abc import Callable

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from pytest_django import Settings
from rest_framework.test import APIClient

from accounts.addresses import client_address
from accounts.models import SchoolClass, User
from sessions_app.models import Session, Tutor
from tests.conftest import PASSWORD
from tests.environment import SERVICE_KEY

Call = Callable[[APIClient], int]


def post(path: str, **body: object) -> Call:
    return lambda client: client.post(path, body, format="json").status_code


@pytest.mark.parametrize(
    ("scope", "call", "status"),
    [
        ("login", post("/api/auth/login", email="a@example.org", password="x"), 401),
        ("login", post("/api/auth/handover", code="x"), 401),
        ("register", post("/api/auth/register", email="no address"), 400),
        ("refresh", post("/api/auth/refresh", refresh="x"), 401),
        ("schema", lambda client: client.get("/api/schema").status_code, 200),
        ("call", post("/api/auth/logout", refresh="x"), 400),
    ],
)
@pytest.mark.usefixtures("redis", "db")
def test_whoever_is_not_logged_in_is_counted_by_address(
    nobody: APIClient, settings: Settings, scope: str, call: Call, status: int
) -> None:
    settings.RATES = {**settings.RATES, scope: (2, 3600)}

    assert [call(nobody) for _ in range(3)] == [status, status, 429]
    assert call(APIClient(REMOTE_ADDR="192.0.2.1")) == status


def test_sessions_are_counted_by_student_wherever_he_is(
    alice: User, bob: User, tutor: Tutor, session: Session, browser_of: Callable[[User], APIClient], settings: Settings
) -> None:
    settings.RATES = {**settings.RATES, "session": (3, 3600)}
    client = browser_of(alice)

    opened = client.post("/api/student/sessions", {"tutor_id": tutor.id}, format="json")
    ticket = client.post(f"/api/student/sessions/{session.id}/token")
    again = client.post(f"/api/student/sessions/{session.id}/resume", REMOTE_ADDR="192.0.2.1")
    refused = browser_of(alice).post("/api/student/sessions", {"tutor_id": tutor.id}, format="json")

    assert [answer.status_code for answer in (opened, ticket, again, refused)] == [200, 200, 200, 429]
    assert int(refused["Retry-After"]) > 0
    assert client.get("/api/student/sessions").status_code == 200  # looking is something else
    assert browser_of(bob).post("/api/student/sessions", {"tutor_id": tutor.id}, format="json").status_code == 200


def test_calls_with_the_service_key_are_counted_together(session: Session, settings: Settings) -> None:
    settings.RATES = {**settings.RATES, "engine": (2, 3600), "call": (1, 3600)}

    def asked(key: str, address: str) -> int:
        client = APIClient(REMOTE_ADDR=address, HTTP_AUTHORIZATION=f"Bearer {key}")
        return client.get(f"/engine/v1/sessions/{session.id}").status_code

    assert [asked("wrong", "192.0.2.1") for _ in range(3)] == [403] * 3  # they use up nothing of his
    assert [asked(SERVICE_KEY, f"192.0.2.{number}") for number in range(3)] == [200, 200, 429]


def test_files_are_counted_on_the_staff_side(root: User, settings: Settings) -> None:
    settings.RATES = {**settings.RATES, "upload": (2, 3600)}
    four = SchoolClass.objects.create(name="4a")
    client = Client()
    client.force_login(root)

    def upload() -> int:
        file = SimpleUploadedFile("list.csv", b"mei@example.org,Mei")
        return client.post(f"/admin/accounts/schoolclass/{four.pk}/import/", {"file": file}).status_code

    assert [upload() for _ in range(3)] == [200, 200, 429]
    assert client.get("/admin/").status_code == 200


@pytest.mark.parametrize(
    ("remote", "forwarded", "behind", "found"),
    [
        ("192.0.2.7", "10.0.0.1", False, "192.0.2.7"),
        ("10.0.0.1", "192.0.2.7", True, "192.0.2.7"),
        ("10.0.0.1", "6.6.6.6, 192.0.2.7", True, "192.0.2.7"),
        ("10.0.0.1", "", True, "unknown"),
        ("2001:db8:1:2:3::4", "", False, "2001:db8:1:2::/64"),
        ("::ffff:192.0.2.7", "", False, "192.0.2.7"),
        ("", "", False, "unknown"),
    ],
)
def test_whose_call_it_is(
    remote: str, forwarded: str, behind: bool, found: str, rf: object, settings: Settings
) -> None:
    settings.BEHIND_TLS_PROXY = behind
    request = rf.get("/", REMOTE_ADDR=remote, headers={"X-Forwarded-For": forwarded})  # type: ignore[attr-defined]

    assert client_address(request) == found


def test_a_password_is_never_asked_for_by_address_alone(alice: User, nobody: APIClient) -> None:
    """A class that comes in together is no attack."""
    body = {"email": alice.email, "password": PASSWORD}

    assert {nobody.post("/api/auth/login", body, format="json").status_code for _ in range(40)} == {200}
