"""How often somebody may call, and send files."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from django.http import HttpRequest, HttpResponse
from rest_framework.request import Request
from rest_framework.throttling import BaseThrottle

from accounts.addresses import client_address
from accounts.counting import too_often

if TYPE_CHECKING:
    from rest_framework.views import APIView

CHANGES = ("POST", "PUT", "PATCH", "DELETE")


def caller(request: Request) -> str:
    return f"user {request.user.pk}" if request.user else client_address(request._request)


class Throttle(BaseThrottle):
    """Every call counts; what changes something, or is one of the view's `throttle_methods`, also by its
    `throttle_scope`, which names one of RATES."""

    def allow_request(self, request: Request, view: "APIView") -> bool:
        self._wait = max(filter(None, self.waits(request, view)), default=None)
        return self._wait is None

    def waits(self, request: Request, view: "APIView") -> list[int | None]:
        scopes = ["call"]
        if request.method in getattr(view, "throttle_methods", CHANGES):
            scopes += [scope] if (scope := getattr(view, "throttle_scope", None)) else []
        return [too_often(scope, caller(request)) for scope in scopes]

    def wait(self) -> float | None:
        return self._wait


class Uploads:
    """Of the staff side: forms that bring files."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.method == "POST" and request.content_type == "multipart/form-data":
            whose = f"user {request.user.pk}" if request.user.is_authenticated else client_address(request)
            if wait := too_often("upload", whose):
                words = f"That was a lot at once. Please wait {wait} seconds, go back and send it again."
                return HttpResponse(
                    words, status=429, content_type="text/plain; charset=utf-8", headers={"Retry-After": str(wait)}
                )
        return self._get_response(request)
