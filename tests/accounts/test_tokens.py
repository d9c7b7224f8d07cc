"""Refresh tokens rotate, and the old one is of no use any more."""

from rest_framework.test import APIClient
from rest_framework_simplejwt.tokens import AccessToken, RefreshToken

from accounts.models import User


def refresh(client: APIClient, token: str) -> tuple[int, dict[str, str]]:
    answer = client.post("/api/auth/refresh", {"refresh": token}, format="json")
    return answer.status_code, answer.json()


def test_refresh_gives_a_new_pair(nobody: APIClient, alice: User) -> None:
    first = str(RefreshToken.for_user(alice))

    status, answer = refresh(nobody, first)

    assert status == 200
    assert set(answer) == {"access", "refresh"}
    assert answer["refresh"] != first
    assert AccessToken(answer["access"])["user_id"] == str(alice.id)  # type: ignore[arg-type]


def test_a_used_refresh_token_is_refused(nobody: APIClient, alice: User) -> None:
    first = str(RefreshToken.for_user(alice))
    refresh(nobody, first)

    status, answer = refresh(nobody, first)

    assert status == 401
    assert "detail" in answer


def test_logout_ends_the_refresh_token(nobody: APIClient, alice: User) -> None:
    token = str(RefreshToken.for_user(alice))

    answer = nobody.post("/api/auth/logout", {"refresh": token}, format="json")

    assert answer.status_code == 200
    assert answer.json() == {"message": "Logged out"}
    assert refresh(nobody, token)[0] == 401


def test_logging_out_twice_is_400(nobody: APIClient, alice: User) -> None:
    token = str(RefreshToken.for_user(alice))
    nobody.post("/api/auth/logout", {"refresh": token}, format="json")

    answer = nobody.post("/api/auth/logout", {"refresh": token}, format="json")

    assert answer.status_code == 400
    assert "detail" in answer.json()


def test_an_access_token_refreshes_nothing(nobody: APIClient, alice: User) -> None:
    assert refresh(nobody, str(AccessToken.for_user(alice)))[0] == 401


def test_a_refresh_token_is_no_access_token(nobody: APIClient, alice: User) -> None:
    answer = nobody.get("/api/auth/me", headers={"Authorization": f"Bearer {RefreshToken.for_user(alice)}"})

    assert answer.status_code == 401


def test_who_is_switched_off_meanwhile_is_out_at_once(nobody: APIClient, alice: User) -> None:
    tokens = RefreshToken.for_user(alice)
    User.objects.filter(id=alice.id).update(is_active=False)

    me = nobody.get("/api/auth/me", headers={"Authorization": f"Bearer {tokens.access_token}"})

    assert me.status_code == 401
    assert refresh(nobody, str(tokens))[0] == 401
