from collections.abc import Callable

from rest_framework.test import APIClient

from accounts.models import User

Browser = Callable[[User], APIClient]


def test_alice_sees_herself(browser_of: Browser, alice: User) -> None:
    answer = browser_of(alice).get("/api/auth/me")

    assert answer.json() == {"id": alice.id, "email": "alice@example.org", "name": "Alice", "role": "student"}


def test_alice_may_change_her_name(browser_of: Browser, alice: User) -> None:
    answer = browser_of(alice).patch("/api/auth/me", {"name": "Alice B."}, format="json")

    assert answer.status_code == 200
    assert answer.json()["name"] == "Alice B."
    alice.refresh_from_db()
    assert alice.name == "Alice B."


def test_nothing_else_of_her_can_be_changed(browser_of: Browser, alice: User) -> None:
    change = {"role": "admin", "email": "other@example.org", "id": 999, "is_staff": True}

    answer = browser_of(alice).patch("/api/auth/me", change, format="json")

    assert answer.json() == {"id": alice.id, "email": "alice@example.org", "name": "Alice", "role": "student"}
    alice.refresh_from_db()
    assert (alice.email, alice.role, alice.is_staff) == ("alice@example.org", "student", False)


def test_without_a_token_it_is_401(nobody: APIClient, db: None) -> None:
    answer = nobody.get("/api/auth/me")

    assert answer.status_code == 401
    assert "detail" in answer.json()
    assert answer.headers["WWW-Authenticate"].startswith("Bearer")
