from typing import Any

import pytest
from pytest_django import Settings
from rest_framework.test import APIClient

from accounts.models import User
from tests.conftest import PASSWORD

EVE = {"email": "Eve@Example.org", "password": PASSWORD, "name": "Eve"}


def register(client: APIClient, **changes: Any) -> tuple[int, dict[str, Any]]:
    answer = client.post("/api/auth/register", {**EVE, **changes}, format="json")
    return answer.status_code, answer.json()


def test_a_new_student_is_logged_in_at_once(nobody: APIClient, db: None) -> None:
    status, answer = register(nobody)

    assert status == 201
    assert set(answer) == {"access", "refresh", "user"}
    eve = User.objects.get(email="eve@example.org")
    assert answer["user"] == {"id": eve.id, "email": "eve@example.org", "name": "Eve", "role": "student"}
    assert eve.check_password(PASSWORD)


def test_nobody_makes_himself_staff(nobody: APIClient, db: None) -> None:
    register(nobody, role="admin", is_staff=True, is_superuser=True)

    eve = User.objects.get(email="eve@example.org")
    assert (eve.role, eve.is_staff, eve.is_superuser) == ("student", False, False)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("email", "no address"),
        ("email", ""),
        ("password", "short"),
        ("password", "password123"),
        ("password", "Eve@Example.org"),
        ("name", ""),
        ("name", "x" * 151),
    ],
)
def test_what_cannot_be_taken_is_named_by_field(nobody: APIClient, db: None, field: str, value: str) -> None:
    status, answer = register(nobody, **{field: value})

    assert status == 400
    assert set(answer) == {field}
    assert isinstance(answer[field], list)
    assert not User.objects.exists()


@pytest.mark.parametrize("email", ["alice@example.org", "ALICE@example.org"])
def test_an_address_has_one_account(nobody: APIClient, alice: User, email: str) -> None:
    status, answer = register(nobody, email=email)

    assert status == 400
    assert set(answer) == {"email"}


def test_a_school_may_make_all_accounts_itself(nobody: APIClient, db: None, settings: Settings) -> None:
    settings.REGISTRATION_OPEN = False

    status, answer = register(nobody)

    assert status == 403
    assert answer == {"detail": "Accounts are made by the school here."}
    assert not User.objects.exists()
