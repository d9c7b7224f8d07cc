"""From the staff side, where one is logged in with a cookie, into the app, which wants tokens: a code for one use."""

import hashlib
import secrets

from accounts.models import User
from gpu_tasks.connections import redis_client

SECONDS = 60


class BadCode(Exception):
    pass


def issue(user: User) -> str:
    code = secrets.token_urlsafe(32)
    redis_client().set(_key(code), user.pk, ex=SECONDS)
    return code


def redeem(code: str) -> User:
    """Raises BadCode: no such code, used already, too old, or its account is closed."""
    user_id: bytes | None = redis_client().getdel(_key(code))  # type: ignore[assignment]
    user = User.objects.filter(pk=int(user_id), is_active=True).first() if user_id else None
    if user is None:
        raise BadCode
    return user


def _key(code: str) -> str:
    return f"handover:{hashlib.sha256(code.encode()).hexdigest()}"
