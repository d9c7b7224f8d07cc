"""The pages of the second factor: the question for a code, and one's own settings of it."""

from typing import Any

import segno
from django import forms
from django.contrib import admin, messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.safestring import mark_safe
from django.views.decorators.cache import never_cache
from unfold.widgets import UnfoldAdminTextInputWidget

from accounts import second_factor
from accounts.guessing import CannotCount, TooManyGuesses
from accounts.roles import staff_of

WRONG = "This code is not right, or has been used. A new one comes every 30 seconds."


class CodeForm(forms.Form):
    code = forms.CharField(
        label="Code",
        max_length=40,
        widget=UnfoldAdminTextInputWidget(
            attrs={"autocomplete": "one-time-code", "inputmode": "text", "autofocus": True, "spellcheck": "false"}
        ),
    )


def for_staff(page: Any) -> Any:
    """Like a page of the admin's own, but for who has shown one factor only."""

    @never_cache
    @login_required(login_url="admin:login")
    def shown(request: HttpRequest) -> HttpResponse:
        if not admin.site.has_permission(request):
            return redirect("admin:login")
        response: HttpResponse = page(request)
        return response

    return shown


@for_staff
def ask(request: HttpRequest) -> HttpResponse:
    if request.user.is_verified() or not second_factor.is_on(staff_of(request)):  # type: ignore[union-attr]
        return redirect(_next(request))
    form = CodeForm(request.POST or None)
    if request.method == "POST" and form.is_valid() and _right(request, form):
        return redirect(_next(request))
    return _page(request, "admin/second_factor.html", "Second factor", form=form)


@for_staff
def set_up(request: HttpRequest) -> HttpResponse:
    user = staff_of(request)
    form = CodeForm(request.POST or None)
    if not second_factor.is_on(user):
        device = second_factor.new_device(user)
        if request.method == "POST" and form.is_valid():
            if codes := second_factor.turn_on(request, device, form.cleaned_data["code"]):
                return _codes(request, codes)
            form.add_error("code", WRONG)
        drawing = segno.make(device.config_url, error="m").svg_inline(scale=5, border=3, light="#fff")
        return _page(
            request,
            "admin/second_factor_set_up.html",
            "Set up a second factor",
            form=form,
            drawing=mark_safe(drawing),
            secret=" ".join(_fours(device.config_url)),
            wanted=second_factor.is_wanted(user),
        )
    if not user.is_verified():  # type: ignore[attr-defined]
        return redirect("second_factor")
    if request.method == "POST" and form.is_valid() and _right(request, form):
        if "off" in request.POST:
            second_factor.turn_off(user, by=user)
            messages.success(request, "The second factor is turned off.")
            return redirect("admin:index")
        return _codes(request, second_factor.new_recovery_codes(user))
    return _page(request, "admin/second_factor_on.html", "Second factor", form=form)


def _right(request: HttpRequest, form: CodeForm) -> bool:
    try:
        if second_factor.check(request, form.cleaned_data["code"]):
            return True
    except TooManyGuesses as error:
        form.add_error("code", str(error))
    except CannotCount:
        form.add_error("code", "No code can be looked at right now. Please try again in a moment.")
    else:
        form.add_error("code", WRONG)
    return False


def _codes(request: HttpRequest, codes: list[str]) -> HttpResponse:
    fours = [f"{code[:4]} {code[4:8]} {code[8:12]} {code[12:]}" for code in codes]
    return _page(request, "admin/second_factor_codes.html", "Recovery codes", codes=fours, next=_next(request))


def _fours(config_url: str) -> list[str]:
    secret = config_url.partition("secret=")[2].partition("&")[0]
    return [secret[at : at + 4] for at in range(0, len(secret), 4)]


def _next(request: HttpRequest) -> str:
    wanted = request.GET.get("next", "")
    inside = url_has_allowed_host_and_scheme(wanted, {request.get_host()}, require_https=request.is_secure())
    return wanted if inside and wanted.startswith("/admin/") else "/admin/"


def _page(request: HttpRequest, template: str, title: str, **context: Any) -> HttpResponse:
    return render(request, template, admin.site.each_context(request) | {"title": title, **context})
