import time
from unittest.mock import patch

import pytest
from django.core import signing
from pytest_django import Settings

from accounts import socket_tokens
from accounts.socket_tokens import BadToken


def test_a_token_opens_its_session_for_its_student() -> None:
    assert socket_tokens.check(socket_tokens.issue("s1", 7), "s1") == 7


def test_a_token_opens_no_other_session() -> None:
    with pytest.raises(BadToken):
        socket_tokens.check(socket_tokens.issue("s1", 7), "s2")


def test_a_token_is_good_for_a_short_time_only(settings: Settings) -> None:
    token = socket_tokens.issue("s1", 7)
    now = time.time()

    with patch("time.time", return_value=now + settings.SOCKET_TOKEN_SECONDS - 1):
        assert socket_tokens.check(token, "s1") == 7
    later = patch("time.time", return_value=now + settings.SOCKET_TOKEN_SECONDS + 1)
    with later, pytest.raises(BadToken):
        socket_tokens.check(token, "s1")


@pytest.mark.parametrize("token", ["", "garbage", "a:b:c", "ÄÖÜ", "\x00", "x" * 100_000])
def test_garbage_is_no_token(token: str) -> None:
    with pytest.raises(BadToken):
        socket_tokens.check(token, "s1")


def test_a_changed_token_is_no_token() -> None:
    body, stamp, signature = socket_tokens.issue("s1", 7).split(":")
    other, _, _ = socket_tokens.issue("s1", 8).split(":")

    with pytest.raises(BadToken):
        socket_tokens.check(f"{other}:{stamp}:{signature}", "s1")
    assert body != other


@pytest.mark.parametrize("value", [None, "s1", ["s1"], {"s1": 7}, ["s1", "x"]])
def test_what_we_signed_for_something_else_is_no_token(value: object) -> None:
    with pytest.raises(BadToken):
        socket_tokens.check(signing.dumps(value, salt="sessions_app.media"), "s1")
