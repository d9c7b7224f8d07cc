"""The second factor of the staff side: a code of an app (TOTP, RFC 6238), or one of ten recovery codes."""

from collections.abc import Callable
from typing import Any, cast

import django_otp
from django.conf import settings
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.http import urlencode
from django_otp.plugins.otp_static.models import StaticDevice, StaticToken
from django_otp.plugins.otp_totp.models import TOTPDevice

from accounts import audit, guessing
from accounts.addresses import client_address
from accounts.models import AuditEntry, User

RECOVERY_CODES = 10
OPEN = ("admin/second-factor/", "admin/login/", "admin/logout/", "admin/jsi18n/")


def is_on(user: User) -> bool:
    return bool(TOTPDevice.objects.filter(user=user, confirmed=True).exists())


def is_wanted(user: User) -> bool:
    """By the school, of somebody of the staff."""
    return settings.SECOND_FACTOR == "staff" or (settings.SECOND_FACTOR == "admins" and user.role == User.Role.ADMIN)


def new_device(user: User) -> TOTPDevice:
    """One that does not count until a code of it was seen; the same until then, so that a page may be loaded twice."""
    device, _ = TOTPDevice.objects.get_or_create(user=user, confirmed=False, defaults={"name": "app"})
    return cast(TOTPDevice, device)


def check(request: HttpRequest, code: str) -> bool:
    """Whether this is a code of who is logged in; his session then is of both factors. Raises guessing.TooManyGuesses,
    guessing.CannotCount."""
    user = cast(User, request.user)
    account, address = f"second factor of {user.pk}", client_address(request)
    guessing.attempt(account, address)
    code = "".join(code.split()).lower()
    # By its form: a wrong try at the one is none at the other.
    devices = (TOTPDevice if code.isdigit() else StaticDevice).objects.filter(user=user, confirmed=True)
    device = next((each for each in devices if each.verify_token(code)), None)
    if device is None:
        return False
    guessing.succeeded(account, address)
    django_otp.login(request, device)
    return True


def turn_on(request: HttpRequest, device: TOTPDevice, code: str) -> list[str] | None:
    """The recovery codes, which are shown once; None if the code is not the device's."""
    user = cast(User, request.user)
    if not device.verify_token("".join(code.split())):
        return None
    with transaction.atomic():
        device.confirmed = True
        device.save(update_fields=["confirmed"])
        codes = new_recovery_codes(user)
        audit.record(user, AuditEntry.Action.CHANGED, user, second_factor="on")
    django_otp.login(request, device)
    return codes


def new_recovery_codes(user: User) -> list[str]:
    StaticDevice.objects.filter(user=user).delete()
    device = StaticDevice.objects.create(user=user, name="recovery codes")
    codes = [StaticToken.random_token() + StaticToken.random_token() for _ in range(RECOVERY_CODES)]
    StaticToken.objects.bulk_create(StaticToken(device=device, token=code) for code in codes)
    return codes


def turn_off(user: User, by: User) -> None:
    with transaction.atomic():
        TOTPDevice.objects.filter(user=user).delete()
        StaticDevice.objects.filter(user=user).delete()
        audit.record(by, AuditEntry.Action.CHANGED, user, second_factor="off")


class SecondFactor:
    """Whoever has a second factor, or has to, gets no further on the staff side without it."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        path = request.path.removeprefix("/")
        user: Any = request.user
        if path.startswith("admin/") and not path.startswith(OPEN) and user.is_staff and not user.is_verified():
            page = "second_factor" if is_on(user) else "second_factor_set_up" if is_wanted(user) else None
            if page:
                return redirect(f"{reverse(page)}?{urlencode({'next': request.get_full_path()})}")
        return self._get_response(request)
