"""The token in a socket's address: opens one session, for its student, for a short time."""

from django.conf import settings
from django.core import signing

SALT = "accounts.socket"


class BadToken(Exception):
    pass


def issue(session_id: str, user_id: int) -> str:
    return signing.dumps([session_id, user_id], salt=SALT)


def check(token: str, session_id: str) -> int:
    """Return the user's id. Raises BadToken."""
    try:
        opens, user_id = signing.loads(token, salt=SALT, max_age=settings.SOCKET_TOKEN_SECONDS)
    except signing.BadSignature as error:
        raise BadToken from error
    if opens != session_id:
        raise BadToken
    return int(user_id)
