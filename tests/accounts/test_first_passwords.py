"""Who was handed a password out can do nothing but choose another one."""

from collections.abc import Callable

import pytest
from django.test import Client
from rest_framework.test import APIClient
from rest_framework_simplejwt.tokens import RefreshToken

from accounts import importing
from accounts.models import SchoolClass, User
from accounts.student_lists import read
from tests.conftest import PASSWORD

NEW = "plants at the window"
Browser = Callable[[User], APIClient]


@pytest.fixture
def mei(db: None, root: User) -> User:
    four_b = SchoolClass.objects.create(name="4b")
    importing.carry_out(four_b, read(f"mei@example.org, Mei, {PASSWORD}".encode()).lines, root)
    return User.objects.get(email="mei@example.org")


def log_in(email: str, password: str) -> APIClient:
    client = APIClient()
    answer = client.post("/api/auth/login", {"email": email, "password": password}, format="json")
    assert answer.status_code == 200
    client.credentials(HTTP_AUTHORIZATION=f"Bearer {answer.json()['access']}")
    return client


def choose(client: APIClient, current: str = PASSWORD, password: str = NEW) -> "dict[str, object]":
    answer = client.post("/api/auth/password", {"current": current, "password": password}, format="json")
    return {"status": answer.status_code, **answer.json()}


def test_a_login_says_that_a_password_is_to_be_chosen(nobody: APIClient, mei: User, alice: User) -> None:
    answers = [
        nobody.post("/api/auth/login", {"email": user.email, "password": PASSWORD}, format="json").json()
        for user in (mei, alice)
    ]

    assert answers[0]["user"]["has_first_password"] is True
    assert "has_first_password" not in answers[1]["user"]


def test_passwords_that_were_drawn_are_to_be_replaced_too(db: None, root: User) -> None:
    four_b = SchoolClass.objects.create(name="4b")

    importing.carry_out(four_b, read(b"tom@example.org, Tom").lines, root)

    assert User.objects.get(email="tom@example.org").has_first_password


@pytest.mark.usefixtures("redis")
def test_until_then_everything_else_is_closed(mei: User, browser_of: Browser) -> None:
    client = browser_of(mei)

    answers = [
        client.get("/api/tutors"),
        client.get("/api/student/sessions"),
        client.post("/api/student/sessions", {"tutor_id": 1}, format="json"),
        client.get("/api/student/progress"),
    ]

    assert {answer.status_code for answer in answers} == {403}
    assert {answer["X-Error-Code"] for answer in answers} == {"first_password"}
    assert client.get("/api/auth/me").json()["has_first_password"] is True


def test_who_chose_one_goes_on_with_it_and_the_old_one_is_void(mei: User) -> None:
    client = log_in(mei.email, PASSWORD)

    answer = choose(client)

    assert answer["status"] == 200
    assert set(answer) == {"status", "access", "refresh", "user"}
    client.credentials(HTTP_AUTHORIZATION=f"Bearer {answer['access']}")
    assert client.get("/api/student/sessions").status_code == 200
    assert "has_first_password" not in client.get("/api/auth/me").json()
    refused = APIClient().post("/api/auth/login", {"email": mei.email, "password": PASSWORD}, format="json")
    assert refused.status_code == 401


def test_other_logins_with_the_old_password_cannot_be_renewed(mei: User, browser_of: Browser) -> None:
    elsewhere = RefreshToken.for_user(mei)

    choose(browser_of(mei))

    assert APIClient().post("/api/auth/refresh", {"refresh": str(elsewhere)}, format="json").status_code == 401


@pytest.mark.parametrize(
    ("current", "password", "field", "code"),
    [
        ("a wrong passphrase", NEW, "current", "wrong_password"),
        (PASSWORD, PASSWORD, "password", "same_password"),
        (PASSWORD, "short", "password", "password_too_short"),
        (PASSWORD, "password123", "password", "password_too_common"),
        (PASSWORD, "mei@example.org", "password", "password_too_similar"),
    ],
)
def test_what_is_no_new_password_is_refused_beside_its_field(
    mei: User, browser_of: Browser, current: str, password: str, field: str, code: str
) -> None:
    client = browser_of(mei)

    answer = client.post("/api/auth/password", {"current": current, "password": password}, format="json")

    assert answer.status_code == 400
    assert list(answer.json()) == [field]
    assert answer["X-Error-Code"] == f"{field}={code}"
    mei.refresh_from_db()
    assert mei.has_first_password
    assert mei.check_password(PASSWORD)


def test_anybody_who_is_logged_in_may_choose_a_new_one(alice: User, browser_of: Browser) -> None:
    assert choose(browser_of(alice))["status"] == 200

    alice.refresh_from_db()
    assert alice.check_password(NEW)


def test_nobody_may_not(nobody: APIClient, db: None) -> None:
    assert nobody.post("/api/auth/password", {"current": PASSWORD, "password": NEW}, format="json").status_code == 401


def test_one_that_the_staff_sets_for_a_student_is_a_first_one(root: User, alice: User) -> None:
    client = Client()
    client.force_login(root)

    client.post(
        f"/admin/accounts/user/{alice.id}/password/", {"password1": NEW, "password2": NEW, "usable_password": "true"}
    )

    alice.refresh_from_db()
    assert alice.check_password(NEW)
    assert alice.has_first_password


def test_nobody_gives_up_the_duty_by_himself(mei: User, browser_of: Browser) -> None:
    browser_of(mei).patch("/api/auth/me", {"has_first_password": False, "name": "Mei L."}, format="json")

    mei.refresh_from_db()
    assert (mei.name, mei.has_first_password) == ("Mei L.", True)
