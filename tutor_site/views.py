from typing import Any

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.http import require_safe
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from tutor_site.headers import page_headers


@require_safe
def health(request: HttpRequest) -> JsonResponse:
    return JsonResponse({"status": "ok"})


class ConfigSerializer(serializers.Serializer[Any]):
    demo_brain = serializers.BooleanField()
    demo_accounts = serializers.BooleanField()
    registration_open = serializers.BooleanField()


class ConfigView(APIView):
    """What the app has to know before anybody has logged in."""

    permission_classes = [AllowAny]
    authentication_classes = []

    @extend_schema(responses=ConfigSerializer)
    def get(self, request: Request) -> Response:
        return Response(
            {
                "demo_brain": settings.DEMO_BRAIN,
                "demo_accounts": settings.MODE == "demo",
                "registration_open": settings.REGISTRATION_OPEN,
            }
        )


@require_safe
def app(request: HttpRequest, path: str = "") -> HttpResponse:
    """The React app, for every path that is a page of it."""
    page = settings.FRONTEND_DIST / "index.html"
    if "." in path.rpartition("/")[2] or not page.is_file():
        raise Http404
    response = HttpResponse(page.read_bytes(), content_type="text/html; charset=utf-8")
    for name, value in page_headers(request).items():
        response[name] = value
    return response
