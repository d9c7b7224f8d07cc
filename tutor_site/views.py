import hmac
from typing import Any

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseForbidden, JsonResponse
from django.views.decorators.http import require_safe
from drf_spectacular.utils import extend_schema
from drf_spectacular.views import SpectacularAPIView
from prometheus_client import CONTENT_TYPE_LATEST, REGISTRY, CollectorRegistry, generate_latest
from rest_framework import serializers
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from sessions_app.queue_gauges import QueueGauges
from tutor_site import readiness
from tutor_site.headers import page_headers

_OF_ALL = CollectorRegistry()
_OF_ALL.register(QueueGauges())


@require_safe
def health(request: HttpRequest) -> JsonResponse:
    return JsonResponse({"status": "ok"})


@require_safe
def ready(request: HttpRequest) -> JsonResponse:
    """For proxies: 503 as long as nobody should be sent here."""
    missing = readiness.missing()
    state = "unready" if missing else "ready"
    return JsonResponse({"status": state, "missing": missing}, status=503 if missing else 200)


@require_safe
def metrics(request: HttpRequest) -> HttpResponse:
    """For Prometheus, which knows METRICS_TOKEN."""
    given = request.headers.get("Authorization", "").removeprefix("Bearer ")
    if not settings.METRICS_TOKEN or not hmac.compare_digest(given.encode(), settings.METRICS_TOKEN.encode()):
        return HttpResponseForbidden("Wanted: the token of METRICS_TOKEN, as Bearer.", content_type="text/plain")
    return HttpResponse(generate_latest(REGISTRY) + generate_latest(_OF_ALL), content_type=CONTENT_TYPE_LATEST)


class ConfigSerializer(serializers.Serializer[Any]):
    demo_brain = serializers.BooleanField()
    demo_accounts = serializers.BooleanField()
    registration_open = serializers.BooleanField()


class ConfigView(APIView):
    """What the app has to know before anybody has logged in."""

    permission_classes = [AllowAny]
    authentication_classes = []
    throttle_classes = []

    @extend_schema(responses=ConfigSerializer)
    def get(self, request: Request) -> Response:
        return Response(
            {
                "demo_brain": settings.DEMO_BRAIN,
                "demo_accounts": settings.MODE == "demo",
                "registration_open": settings.REGISTRATION_OPEN,
            }
        )


class SchemaView(SpectacularAPIView):
    """Put together anew for each call, which takes its time."""

    throttle_scope = "schema"
    throttle_methods = ("GET",)


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
