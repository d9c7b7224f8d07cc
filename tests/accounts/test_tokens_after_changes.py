"""What ends a login."""

import pytest
from rest_framework.test import APIClient
from rest_framework_simplejwt.tokens import RefreshToken

from accounts.models import User


def test_a_new_password_ends_what_was_logged_in_with_the_old_one(alice: User, nobody: APIClient) -> None:
    refresh = RefreshToken.for_user(alice)
    nobody.credentials(HTTP_AUTHORIZATION=f"Bearer {refresh.access_token}")
    before = nobody.get("/api/auth/me").status_code
    alice.set_password("another long passphrase")
    alice.save()

    after = nobody.get("/api/auth/me").status_code
    renewed = APIClient().post("/api/auth/refresh", {"refresh": str(refresh)}, format="json").status_code

    assert (before, after, renewed) == (200, 401, 401)


@pytest.mark.parametrize("erased", [True, False])
def test_a_refresh_token_of_an_account_that_is_gone_or_closed_is_worth_nothing(alice: User, erased: bool) -> None:
    refresh = RefreshToken.for_user(alice)
    alice.delete() if erased else User.objects.filter(pk=alice.pk).update(is_active=False)

    assert APIClient().post("/api/auth/refresh", {"refresh": str(refresh)}, format="json").status_code == 401
