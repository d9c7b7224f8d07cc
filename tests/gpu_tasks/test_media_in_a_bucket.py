"""Media in a bucket of a server that speaks S3: kept, read in parts, authorised and erased as in a folder."""

from collections.abc import Iterator

import pytest
from django.test import Client
from pytest_django import Settings

from gpu_tasks import media
from sessions_app import media_urls
from sessions_app.errors import words
from tests.bucket import Bucket, served
from tutor_site.media_store import media_store
from tutor_site.supervisor import free_port

KEY = "sessions/s1/t1/0.mp4"


@pytest.fixture(scope="module")
def served_bucket() -> Iterator[Bucket]:
    with served() as found:
        yield found


@pytest.fixture(autouse=True)
def bucket(served_bucket: Bucket, settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Bucket:
    for name, value in served_bucket.environment.items():
        monkeypatch.setenv(name, value)
    settings.STORAGES = {**settings.STORAGES, "default": media_store()}
    return served_bucket


def test_a_key_that_is_written_twice_holds_the_newer_bytes(bucket: Bucket) -> None:
    assert media.save(KEY, b"first") == KEY
    assert media.save(KEY, b"second") == KEY

    assert media.read(KEY) == b"second"
    assert bucket.keys() == {KEY}
    media.delete(KEY)


def test_what_is_not_there_is_not_found() -> None:
    with pytest.raises(FileNotFoundError):
        media.read("sessions/s1/t1/9.mp4")


def test_a_folder_goes_with_all_that_is_in_it_and_nothing_else(bucket: Bucket) -> None:
    for key in (KEY, "sessions/s1/question.webm", "sessions/s10/t1/0.mp4"):
        media.save(key, b"x")

    media.delete_folder("sessions/s1/")
    media.delete_folder("sessions/never/")

    assert bucket.keys() == {"sessions/s10/t1/0.mp4"}
    media.delete("sessions/s10/t1/0.mp4")


@pytest.mark.parametrize(
    ("wanted", "status", "body", "part"),
    [
        (None, 200, b"0123456789", None),
        ("bytes=2-4", 206, b"234", "bytes 2-4/10"),
        ("bytes=-3", 206, b"789", "bytes 7-9/10"),
        ("bytes=50-", 416, b"", "bytes */10"),
    ],
)
def test_an_address_is_answered_in_parts(wanted: str | None, status: int, body: bytes, part: str | None) -> None:
    media.save(KEY, b"0123456789")

    answer = Client().get(str(media_urls.url(KEY)), headers={"range": wanted} if wanted else {})

    assert (answer.status_code, answer.content, answer.headers.get("Content-Range")) == (status, body, part)


def test_a_bucket_that_is_away_is_said_and_nothing_is_broken(
    monkeypatch: pytest.MonkeyPatch, settings: Settings
) -> None:
    address = str(media_urls.url(KEY))
    monkeypatch.setenv("MEDIA_S3_URL", f"http://127.0.0.1:{free_port()}")
    settings.STORAGES = {**settings.STORAGES, "default": media_store()}

    answer = Client().get(address)

    assert (answer.status_code, answer.content) == (503, words("unavailable").encode())


def test_an_address_needs_its_token_and_a_file() -> None:
    media.save(KEY, b"0123456789")
    address = str(media_urls.url(KEY))

    assert address.startswith("/media/"), "nobody is sent to the store itself"
    assert Client().get(address.partition("?")[0]).status_code == 403
    assert Client().get(address.replace("0.mp4", "7.mp4")).status_code == 404
