"""Media are fetched by the token in their address, whole or in part."""

import time
from unittest.mock import patch
from urllib.parse import parse_qs, urlsplit

import pytest
from django.core import signing
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st
from pytest_django import Settings

from gpu_tasks import media
from sessions_app.media_urls import may_fetch, url
from sessions_app.models import Session, Turn

BYTES = bytes(range(256)) * 4
KEY = "sessions/s1/t1/0.mp4"


@pytest.fixture
def address() -> str:
    media.save(KEY, BYTES)
    address = url(KEY)
    assert address is not None
    return address


def token_of(key: str) -> str:
    return parse_qs(urlsplit(url(key) or "").query)["token"][0]


# The address


def test_nothing_has_no_address() -> None:
    assert url("") is None


def test_a_token_opens_its_folder_and_no_other() -> None:
    token = token_of(KEY)

    assert may_fetch(KEY, token)
    assert may_fetch("sessions/s1/t1/1.wav", token)
    assert not may_fetch("sessions/s1/t2/0.mp4", token)
    assert not may_fetch("sessions/s1/t11/0.mp4", token)
    assert not may_fetch("sessions/s1/0.mp4", token)


@pytest.mark.parametrize(
    "key", ["sessions/s1/t1/../t2/0.mp4", "sessions/s1/t1/..", "sessions/s1/t1/./../../../tutor.sqlite3"]
)
def test_there_is_no_way_out_of_the_folder(key: str) -> None:
    assert not may_fetch(key, token_of(KEY))


@given(st.text(max_size=60), st.text(max_size=60))
def test_whatever_is_asked_for_needs_a_token_of_its_folder(key: str, token: str) -> None:
    assert not may_fetch(key, token)


def test_a_token_is_good_for_some_hours(settings: Settings) -> None:
    token, now = token_of(KEY), time.time()

    with patch("time.time", return_value=now + settings.MEDIA_TOKEN_SECONDS - 1):
        assert may_fetch(KEY, token)
    with patch("time.time", return_value=now + settings.MEDIA_TOKEN_SECONDS + 1):
        assert not may_fetch(KEY, token)


# Fetching


def test_the_whole_file(client: Client, address: str) -> None:
    answer = client.get(address)

    assert (answer.status_code, answer.content) == (200, BYTES)
    assert answer.headers["Content-Type"] == "video/mp4"
    assert answer.headers["Content-Length"] == "1024"
    assert answer.headers["Accept-Ranges"] == "bytes"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert "private" in answer.headers["Cache-Control"]


@pytest.mark.parametrize(
    ("wanted", "first", "last"),
    [
        ("bytes=0-", 0, 1023),
        ("bytes=0-0", 0, 0),
        ("bytes=10-19", 10, 19),
        ("bytes=1000-", 1000, 1023),
        ("bytes=1000-99999", 1000, 1023),
        ("bytes=1023-1023", 1023, 1023),
        ("bytes=-1", 1023, 1023),
        ("bytes=-100", 924, 1023),
        ("bytes=-99999", 0, 1023),
    ],
)
def test_a_part_of_it(client: Client, address: str, wanted: str, first: int, last: int) -> None:
    answer = client.get(address, headers={"Range": wanted})

    assert (answer.status_code, answer.content) == (206, BYTES[first : last + 1])
    assert answer.headers["Content-Range"] == f"bytes {first}-{last}/1024"
    assert answer.headers["Content-Length"] == str(last - first + 1)


@pytest.mark.parametrize("wanted", ["bytes=1024-", "bytes=5000-6000", "bytes=-0"])
def test_a_part_that_is_not_there_is_416(client: Client, address: str, wanted: str) -> None:
    answer = client.get(address, headers={"Range": wanted})

    assert answer.status_code == 416
    assert answer.headers["Content-Range"] == "bytes */1024"


@pytest.mark.parametrize(
    "wanted",
    ["", "bytes=", "bytes=-", "bytes=a-b", "bytes=0-1,5-6", "lines=1-2", "bytes=20-10", f"bytes={'9' * 5000}-"],
)
def test_what_is_no_range_gets_the_whole(client: Client, address: str, wanted: str) -> None:
    answer = client.get(address, headers={"Range": wanted})

    assert (answer.status_code, answer.content) == (200, BYTES)


def test_joined_parts_are_the_whole(client: Client, address: str) -> None:
    parts = [client.get(address, headers={"Range": f"bytes={at}-{at + 99}"}).content for at in range(0, 1024, 100)]

    assert b"".join(parts) == BYTES


def test_an_empty_file_is_empty(client: Client) -> None:
    media.save("sessions/s1/t1/empty.wav", b"")

    answer = client.get(url("sessions/s1/t1/empty.wav") or "")

    assert (answer.status_code, answer.content) == (200, b"")


def test_who_asks_for_the_head_only_gets_no_bytes(client: Client, address: str) -> None:
    answer = client.head(address)

    assert answer.status_code == 200
    assert answer.headers["Content-Length"] == "1024"


@pytest.mark.parametrize("method", ["post", "put", "delete", "patch"])
def test_nobody_changes_a_file(client: Client, address: str, method: str) -> None:
    assert getattr(client, method)(address).status_code == 405
    assert media.read(KEY) == BYTES


@pytest.mark.parametrize("token", ["", "garbage", "a:b:c", "\u00e4"])
def test_without_a_good_token_it_is_403(client: Client, address: str, token: str) -> None:
    assert client.get(f"/media/{KEY}", {"token": token}).status_code == 403
    assert client.get(f"/media/{KEY}").status_code == 403


def test_a_token_we_signed_for_something_else_is_no_good(client: Client, address: str) -> None:
    assert client.get(f"/media/{KEY}", {"token": signing.dumps("sessions/s1/t1/")}).status_code == 403


def test_charlies_token_does_not_open_alices_file(client: Client, address: str) -> None:
    charlies = token_of("sessions/s2/t1/0.mp4")

    assert client.get(f"/media/{KEY}", {"token": charlies}).status_code == 403


@pytest.mark.parametrize("name", ["missing.mp4", "", "sub/", "\x00", "0.mp4/x", "x" * 300])
def test_what_is_no_file_is_404(client: Client, address: str, name: str) -> None:
    media.save("sessions/s1/t1/sub/a.txt", b"a")
    folder = signing.dumps("sessions/s1/t1/", salt="sessions_app.media")

    assert client.get(f"/media/sessions/s1/t1/{name}", {"token": folder}).status_code == 404


@pytest.mark.parametrize(
    "path",
    [
        "/media/sessions/s1/t1/../../../../etc/passwd",
        "/media/sessions/s1/t1/%2e%2e/%2e%2e/%2e%2e/tutor.sqlite3",
        "/media//etc/passwd",
    ],
)
def test_nothing_outside_the_media_is_served(client: Client, address: str, path: str) -> None:
    assert client.get(path, {"token": token_of(KEY)}).status_code in (403, 404)


def test_turns_of_one_session_have_folders_of_their_own(session: Session) -> None:
    one, two = Turn(session=session, number=1), Turn(session=session, number=2)

    assert not may_fetch(f"{two.folder}0.mp4", token_of(f"{one.folder}0.mp4"))
