import pytest
from rest_framework.test import APIClient

from accounts.models import User
from tests.conftest import PASSWORD


def log_in(client: APIClient, email: str, password: str) -> tuple[int, dict[str, object]]:
    answer = client.post("/api/auth/login", {"email": email, "password": password}, format="json")
    return answer.status_code, answer.json()


def test_the_right_password_gives_two_tokens_and_the_user(nobody: APIClient, alice: User) -> None:
    status, answer = log_in(nobody, "alice@example.org", PASSWORD)

    assert status == 200
    assert set(answer) == {"access", "refresh", "user"}
    assert answer["user"] == {"id": alice.id, "email": "alice@example.org", "name": "Alice", "role": "student"}


def test_the_access_token_opens_what_is_alices(nobody: APIClient, alice: User) -> None:
    _, answer = log_in(nobody, "alice@example.org", PASSWORD)

    me = nobody.get("/api/auth/me", headers={"Authorization": f"Bearer {answer['access']}"})

    assert me.json()["email"] == "alice@example.org"


def test_an_address_may_be_capitalised_in_any_way(nobody: APIClient, alice: User) -> None:
    assert log_in(nobody, "Alice@Example.ORG", PASSWORD)[0] == 200


@pytest.mark.parametrize(
    ("email", "password"),
    [
        ("alice@example.org", "a wrong passphrase"),
        ("nobody@example.org", PASSWORD),
        ("alice", PASSWORD),
    ],
)
def test_anything_else_is_401_with_a_detail(nobody: APIClient, alice: User, email: str, password: str) -> None:
    status, answer = log_in(nobody, email, password)

    assert status == 401
    assert answer == {"detail": "The e-mail address or the password is wrong."}


def test_a_wrong_password_and_an_unknown_address_cannot_be_told_apart(nobody: APIClient, alice: User) -> None:
    wrong = log_in(nobody, "alice@example.org", "a wrong passphrase")

    assert wrong == log_in(nobody, "nobody@example.org", "a wrong passphrase")


def test_who_is_switched_off_cannot_log_in(nobody: APIClient, alice: User) -> None:
    User.objects.filter(id=alice.id).update(is_active=False)

    assert log_in(nobody, "alice@example.org", PASSWORD)[0] == 401


def test_a_missing_field_is_named(nobody: APIClient, db: None) -> None:
    answer = nobody.post("/api/auth/login", {"email": "alice@example.org"}, format="json")

    assert answer.status_code == 400
    assert set(answer.json()) == {"password"}


def test_what_is_not_json_is_400(nobody: APIClient, db: None) -> None:
    answer = nobody.post("/api/auth/login", "{email", content_type="application/json")

    assert answer.status_code == 400
    assert "detail" in answer.json()
