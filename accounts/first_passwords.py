"""Passwords that a school hands out on paper."""

import secrets

from django.contrib.auth.hashers import PBKDF2PasswordHasher, get_hasher, make_password

CONSONANTS, VOWELS = "bdfgkmnprstvz", "aeiou"
WORDS, SYLLABLES = 4, 2
ITERATIONS = 20_000
"""Enough for what is drawn by chance (48 bits), so that a class is not waited for. The first login hashes it anew."""


def draw() -> str:
    """Such as "bako-timu-refa-dinu"."""
    return "-".join(
        "".join(secrets.choice(CONSONANTS) + secrets.choice(VOWELS) for _ in range(SYLLABLES)) for _ in range(WORDS)
    )


def hashed(drawn: str) -> str:
    hasher = get_hasher()
    if isinstance(hasher, PBKDF2PasswordHasher):
        return hasher.encode(drawn, hasher.salt(), ITERATIONS)
    return make_password(drawn)
