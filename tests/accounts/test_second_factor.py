"""The second factor of the staff side, as somebody meets it in a browser."""

import html
import re
import time
from unittest.mock import patch

import pytest
from django.test import Client
from django_otp.oath import TOTP
from django_otp.plugins.otp_totp.models import TOTPDevice
from pytest_django import Settings

from accounts.models import AuditEntry, User
from tests.conftest import PASSWORD

SET_UP, ASK = "/admin/second-factor/set-up", "/admin/second-factor/"


@pytest.fixture
def impatient(settings: Settings) -> None:
    """Otherwise a second goes by after a wrong code, and more after the next."""
    settings.OTP_TOTP_THROTTLE_FACTOR = 0


def logged_in(user: User) -> Client:
    client = Client()
    assert client.post("/admin/login/", {"username": user.email, "password": PASSWORD}).status_code == 302
    return client


def code_of(user: User, later: int = 0) -> str:
    """What the phone shows, `later` periods of 30 seconds from now."""
    device = TOTPDevice.objects.get(user=user)
    totp = TOTP(device.bin_key)
    totp.time = time.time() + 30 * later
    return f"{totp.token():06}"


def turned_on(user: User) -> list[str]:
    """Its recovery codes."""
    client = logged_in(user)
    client.get(SET_UP)
    page = client.post(SET_UP, {"code": code_of(user)}).content.decode()
    return re.findall(r"<li>([a-z2-7 ]{19})</li>", page)


@pytest.mark.usefixtures("impatient")
def test_it_is_set_up_with_a_drawing_and_a_first_code(root: User) -> None:
    client = logged_in(root)
    page = client.get(SET_UP).content.decode()
    secret = re.search(r'id="secret">([A-Z2-7 =]+)<', page)
    assert secret is not None
    assert "<svg" in page

    wrong = client.post(SET_UP, {"code": "000000"}).content.decode()
    done = client.post(SET_UP, {"code": code_of(root)}).content.decode()

    assert "This code is not right" in html.unescape(wrong)
    assert len(re.findall(r"<li>[a-z2-7 ]{19}</li>", done)) == 10
    assert client.get("/admin/").status_code == 200
    assert AuditEntry.objects.filter(details={"second_factor": "on"}).count() == 1


def test_then_a_password_alone_opens_nothing(root: User) -> None:
    turned_on(root)
    client = logged_in(root)

    for page in ("/admin/", "/admin/accounts/user/", "/admin/now", "/admin/password_change/", SET_UP):
        answer = client.get(page)
        assert answer.status_code == 302, page
        assert answer["Location"].startswith("/admin/second-factor/"), page
    assert client.post(f"/admin/accounts/user/{root.pk}/erase/").status_code == 302
    assert User.objects.filter(pk=root.pk).exists()


def test_the_code_opens_the_page_one_wanted(root: User) -> None:
    turned_on(root)
    client = logged_in(root)
    asked = client.get("/admin/accounts/user/?q=a")["Location"]

    answer = client.post(asked, {"code": code_of(root, later=1)})

    assert answer["Location"] == "/admin/accounts/user/?q=a"
    assert client.get(answer["Location"]).status_code == 200


def test_a_code_works_once(root: User) -> None:
    turned_on(root)
    code = code_of(root, later=1)

    first, second = logged_in(root), logged_in(root)

    assert first.post(ASK, {"code": code}).status_code == 302
    assert second.post(ASK, {"code": code}).status_code == 200
    assert second.get("/admin/").status_code == 302


def test_without_the_phone_a_recovery_code_opens_it_once(root: User) -> None:
    codes = turned_on(root)

    assert logged_in(root).post(ASK, {"code": codes[3].upper()}).status_code == 302
    assert logged_in(root).post(ASK, {"code": codes[3]}).status_code == 200


def test_codes_are_not_guessed(root: User, settings: Settings) -> None:
    settings.GUESSES = {"account": (5, 3600), "address": (50, 3600)}
    turned_on(root)
    client = logged_in(root)

    for number in range(6):
        page = client.post(ASK, {"code": f"{number:06}"}).content.decode()

    assert "Too many wrong passwords" in page
    assert client.post(ASK, {"code": code_of(root, later=1)}).status_code == 200


def test_afterwards_it_does_not_lead_to_other_sites(root: User) -> None:
    turned_on(root)

    answer = logged_in(root).post(f"{ASK}?next=https://evil.example/admin/", {"code": code_of(root, later=1)})

    assert answer["Location"] == "/admin/"


@pytest.mark.parametrize(
    ("wanted", "admin", "teacher"), [("optional", 200, 200), ("admins", 302, 200), ("staff", 302, 302)]
)
def test_a_school_may_want_it(
    root: User, dora: User, settings: Settings, wanted: str, admin: int, teacher: int
) -> None:
    settings.SECOND_FACTOR = wanted

    answers = [logged_in(user).get("/admin/") for user in (root, dora)]

    assert [answer.status_code for answer in answers] == [admin, teacher]
    for answer in answers:
        assert answer.status_code == 200 or answer["Location"].startswith(SET_UP)


@pytest.mark.usefixtures("impatient")
def test_it_is_turned_off_with_a_code_only(root: User) -> None:
    turned_on(root)
    client = logged_in(root)
    client.post(ASK, {"code": code_of(root, later=1)})
    client.post(SET_UP, {"code": "000000", "off": ""})
    kept = TOTPDevice.objects.filter(user=root).exists()
    with patch("time.time", return_value=time.time() + 180):
        client.post(SET_UP, {"code": code_of(root), "off": ""})

    assert kept
    assert not TOTPDevice.objects.filter(user=root).exists()


@pytest.mark.parametrize(("who", "taken"), [("root", True), ("dora", False)])
def test_an_admin_takes_it_from_who_has_lost_it(root: User, dora: User, who: str, taken: bool) -> None:
    teacher = User.objects.create_user("tim@example.org", PASSWORD, role=User.Role.TEACHER)
    turned_on(teacher)

    logged_in({"root": root, "dora": dora}[who]).post(
        "/admin/accounts/user/", {"action": "forget_second_factor", "_selected_action": [teacher.pk]}
    )

    assert TOTPDevice.objects.filter(user=teacher).exists() is not taken


def test_students_have_none(alice: User) -> None:
    client = Client()
    client.force_login(alice)

    assert client.get(SET_UP)["Location"].startswith("/admin/login/")
    assert not TOTPDevice.objects.exists()


def test_secrets_are_on_no_page_of_the_admin(root: User) -> None:
    assert logged_in(root).get("/admin/otp_totp/totpdevice/").status_code == 404
