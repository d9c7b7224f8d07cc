"""Who guesses passwords is stopped, in the app and on the staff side, and nobody is stopped by being at a school."""

import threading
from collections.abc import Callable

import pytest
from django.contrib.auth import authenticate
from django.test import Client
from pytest_django import Settings
from redis.exceptions import ConnectionError as NoRedis
from rest_framework.test import APIClient

from accounts import counting, guessing
from accounts.models import User
from tests.conftest import PASSWORD
from tutor_site.settings import CACHES


@pytest.fixture(autouse=True)
def few(settings: Settings) -> None:
    settings.GUESSES = {"account": (3, 3600), "address": (6, 3600)}


def in_the_app(email: str, password: str, **extra: str) -> int:
    return (
        APIClient().post("/api/auth/login", {"email": email, "password": password}, format="json", **extra).status_code
    )


def on_the_staff_side(email: str, password: str) -> str:
    answer = Client().post("/admin/login/", {"username": email, "password": password})
    return "in" if answer.status_code == 302 else answer.content.decode()


def test_after_some_wrong_passwords_not_even_the_right_one_is_looked_at(alice: User) -> None:
    guesses = [in_the_app(alice.email, f"guess {number}", REMOTE_ADDR=f"192.0.2.{number}") for number in range(4)]

    assert guesses == [401, 401, 401, 429]
    assert in_the_app(alice.email, PASSWORD, REMOTE_ADDR="198.51.100.1") == 429


def test_it_says_how_long_to_wait(nobody: APIClient, alice: User) -> None:
    for _ in range(4):
        answer = nobody.post("/api/auth/login", {"email": alice.email, "password": "x"}, format="json")

    assert "Too many wrong passwords. Please wait" in answer.json()["detail"]
    assert answer["X-Error-Code"] == "too_many_guesses"
    assert 0 < int(answer["Retry-After"]) <= 3600


def test_an_account_is_one_however_it_is_written(alice: User) -> None:
    guesses = [in_the_app(email, "x") for email in ("alice@example.org", "Alice@example.org", "ALICE@EXAMPLE.ORG")]

    assert [*guesses, in_the_app("aLICE@example.org", PASSWORD)] == [401, 401, 401, 429]


def test_both_doors_count_together(root: User) -> None:
    for _ in range(2):
        in_the_app(root.email, "x")
    on_the_staff_side(root.email, "x")

    assert "Too many wrong passwords" in on_the_staff_side(root.email, PASSWORD)


def test_from_one_address_not_many_accounts_are_tried(alice: User) -> None:
    guesses = [in_the_app(f"{number}@example.org", "x") for number in range(7)]

    assert guesses == [401] * 6 + [429]
    assert in_the_app(alice.email, PASSWORD, REMOTE_ADDR="192.0.2.9") == 200


def test_who_knows_the_password_is_never_counted(alice: User) -> None:
    assert [in_the_app(alice.email, PASSWORD) for _ in range(10)] == [200] * 10


def test_an_address_cannot_be_made_up(alice: User) -> None:
    guesses = [in_the_app(f"{n}@example.org", "x", HTTP_X_FORWARDED_FOR=f"192.0.2.{n}") for n in range(7)]

    assert guesses[-1] == 429


def test_behind_our_own_proxy_it_is_who_called_the_proxy(alice: User, settings: Settings) -> None:
    settings.BEHIND_TLS_PROXY = True
    guesses = [in_the_app(f"{n}@example.org", "x", HTTP_X_FORWARDED_FOR=f"made up, 192.0.2.{n}") for n in range(7)]
    same = [in_the_app(f"b{n}@example.org", "x", HTTP_X_FORWARDED_FOR=f"192.0.2.{n}, 203.0.113.1") for n in range(7)]

    assert guesses[-1] == 401
    assert same[-1] == 429


def test_guesses_at_the_same_time_are_no_more_than_one_after_the_other() -> None:
    let_in = []

    def guess(number: int) -> None:
        try:
            guessing.attempt("alice@example.org", f"192.0.2.{number}")
        except guessing.TooManyGuesses:
            return
        let_in.append(number)

    threads = [threading.Thread(target=guess, args=(number,)) for number in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len(let_in) == 3


@pytest.mark.usefixtures("redis")
def test_all_web_processes_count_together(settings: Settings) -> None:
    waits = []
    for _ in range(3):
        # As each process makes it anew.
        settings.CACHES = {"default": {**CACHES["default"], "LOCATION": settings.REDIS_URL}}
        waits.append(counting.count("login", "here", (2, 3600)))

    assert [wait is None for wait in waits] == [True, True, False]


@pytest.fixture
def without_redis(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise NoRedis

    monkeypatch.setattr(counting.cache, "add", refuse, raising=False)


@pytest.mark.usefixtures("without_redis")
def test_without_redis_nobody_logs_in_and_calls_go_on(
    alice: User, root: User, browser_of: Callable[[User], APIClient], caplog: pytest.LogCaptureFixture
) -> None:
    assert in_the_app(alice.email, PASSWORD) == 503
    assert "Nobody can log in right now" in on_the_staff_side(root.email, PASSWORD)
    assert browser_of(alice).get("/api/auth/me").status_code == 200
    assert "calls are not counted" in caplog.text


def test_a_door_that_forgets_to_say_who_calls_is_guarded_too(alice: User) -> None:
    for _ in range(3):
        assert authenticate(username=alice.email, password="x") is None

    with pytest.raises(guessing.TooManyGuesses):
        authenticate(username=alice.email, password=PASSWORD)
