"""The engine side: health, and sessions for another web backend that keeps its own users in step with ours."""

import base64
import hmac

from django.conf import settings
from django.shortcuts import get_object_or_404
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from redis.exceptions import RedisError
from rest_framework import status
from rest_framework.permissions import AllowAny, BasePermission
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.counting import too_often
from accounts.models import User
from accounts.rates import Throttle
from accounts.serializers import DetailSerializer
from gpu_tasks import worker
from gpu_tasks.stages import STAGES
from sessions_app.lifecycle import end_session
from sessions_app.models import Session
from sessions_app.serializers import EngineSessionSerializer, OpenedSessionSerializer, SessionSerializer
from sessions_app.views.refusals import EngineOff
from sessions_app.views.student import opened

SERVICE = "GPU Server"


def ailing() -> str | None:
    """Why no turn can be taken now, or None."""
    try:
        missing = {name: worker.trouble(name) for name in (*STAGES, "default") if not worker.alive(name)}
    except RedisError:
        return "the queue cannot be reached"
    # The code alone: anybody may ask, and the whole reason, in the worker's log, names files.
    words = [f"{name} ({trouble})" if trouble else name for name, trouble in missing.items()]
    return f"no live worker for: {', '.join(words)}" if words else None


class EngineHealthView(APIView):
    permission_classes = [AllowAny]
    authentication_classes = []
    throttle_classes = []

    @extend_schema(responses={200: OpenApiTypes.OBJECT, 503: OpenApiTypes.OBJECT})
    def get(self, request: Request) -> Response:
        reason = ailing()
        if reason is None:
            return Response({"status": "healthy", "service": SERVICE})
        answer = {"status": "unhealthy", "service": SERVICE, "error": reason}
        return Response(answer, status=status.HTTP_503_SERVICE_UNAVAILABLE)


class GpuHealthView(APIView):
    permission_classes = [AllowAny]
    authentication_classes = []
    throttle_classes = []

    @extend_schema(responses={200: OpenApiTypes.OBJECT})
    def get(self, request: Request) -> Response:
        reason = ailing()
        server = {"status": "healthy", "service": SERVICE}
        if reason:
            server = {"status": "unhealthy", "error": reason}
        return Response({"gpu_server": server, "enabled": settings.ENGINE_ENABLED})


class HasServiceKey(BasePermission):
    """ENGINE_API_KEY as the password of HTTP Basic or as Bearer. Without a key configured nobody has it."""

    message = "A valid service key is needed."

    def has_permission(self, request: Request, view: APIView) -> bool:
        key = settings.ENGINE_API_KEY
        return bool(key) and hmac.compare_digest(_given_key(request).encode(), key.encode())


def _given_key(request: Request) -> str:
    scheme, _, credentials = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() == "bearer":
        return credentials.strip()
    if scheme.lower() == "basic":
        try:
            return base64.b64decode(credentials).decode().partition(":")[2]
        except ValueError:
            return ""
    return ""


class ServiceThrottle(Throttle):
    """All calls with the key are one caller's, for all students of another site."""

    def waits(self, request: Request, view: APIView) -> list[int | None]:
        return [too_often("engine", "service key")]


class EngineSessionListView(APIView):
    authentication_classes = []
    permission_classes = [HasServiceKey]
    throttle_classes = [ServiceThrottle]

    @extend_schema(request=EngineSessionSerializer, responses={201: OpenedSessionSerializer, 404: DetailSerializer})
    def post(self, request: Request) -> Response:
        if not settings.ENGINE_ENABLED:
            raise EngineOff
        wanted = EngineSessionSerializer(data=request.data)
        wanted.is_valid(raise_exception=True)
        student = User.objects.filter(id=wanted.validated_data["student_id"], is_active=True).first()
        if student is None:
            return Response({"detail": "There is no such student."}, status=status.HTTP_404_NOT_FOUND)
        return opened(request, student, wanted.validated_data, status.HTTP_201_CREATED)


class EngineSessionView(APIView):
    authentication_classes = []
    permission_classes = [HasServiceKey]
    throttle_classes = [ServiceThrottle]

    @extend_schema(responses={200: SessionSerializer, 404: DetailSerializer})
    def get(self, request: Request, session_id: str) -> Response:
        return Response(SessionSerializer(get_object_or_404(Session, id=session_id)).data)

    @extend_schema(responses={204: None, 404: DetailSerializer})
    def delete(self, request: Request, session_id: str) -> Response:
        end_session(get_object_or_404(Session, id=session_id))
        return Response(status=status.HTTP_204_NO_CONTENT)
