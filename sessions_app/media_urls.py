"""Addresses of media: whoever was given one may fetch what lies in that folder, for some hours."""

from django.conf import settings
from django.core import signing

SALT = "sessions_app.media"


def url(key: str) -> str | None:
    if not key:
        return None
    folder = key.rpartition("/")[0] + "/"
    return f"/media/{key}?token={signing.dumps(folder, salt=SALT)}"


def may_fetch(key: str, token: str) -> bool:
    try:
        folder = signing.loads(token, salt=SALT, max_age=settings.MEDIA_TOKEN_SECONDS)
    except signing.BadSignature:
        return False
    return key.startswith(folder) and ".." not in key
