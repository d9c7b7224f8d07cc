"""What a student does with his sessions afterwards."""

from typing import Any

from django.conf import settings
from django.http import HttpResponse
from django.utils.http import content_disposition_header
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework import status
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.serializers import DetailSerializer
from sessions_app.addresses import socket_address
from sessions_app.export import export
from sessions_app.lifecycle import TutorGone, erase_session, resume_session
from sessions_app.serializers import ExportQuerySerializer, OpenedSessionSerializer
from sessions_app.views.refusals import EngineOff, TutorNotOpen
from sessions_app.views.student import own_session


class ResumeView(APIView):
    """An ended session goes on; one that is active already is only opened again."""

    throttle_scope = "session"

    @extend_schema(
        request=None,
        responses={
            200: OpenedSessionSerializer,
            404: DetailSerializer,
            409: DetailSerializer,
            503: DetailSerializer,
        },
    )
    def post(self, request: Request, session_id: str) -> Response:
        if not settings.ENGINE_ENABLED:
            raise EngineOff
        session = own_session(request, session_id)
        try:
            resume_session(session)
        except TutorGone as error:
            raise TutorNotOpen from error
        return Response(
            {"session_id": session.id, **socket_address(request._request, session), "status": session.status}
        )


class TranscriptView(APIView):
    """All of a session: what was said, its media, and the session itself."""

    @extend_schema(responses={204: None, 404: DetailSerializer})
    def delete(self, request: Request, session_id: str) -> Response:
        erase_session(own_session(request, session_id))
        return Response(status=status.HTTP_204_NO_CONTENT)


class ExportView(APIView):
    def perform_content_negotiation(self, request: Request, force: bool = False) -> tuple[Any, str]:
        # `format` names the file's, not that of an answer of the REST framework.
        return JSONRenderer(), JSONRenderer.media_type

    @extend_schema(
        parameters=[ExportQuerySerializer],
        responses={
            (200, "text/plain"): OpenApiTypes.BINARY,
            (200, "text/markdown"): OpenApiTypes.BINARY,
            (200, "text/vtt"): OpenApiTypes.BINARY,
            (200, "application/json"): OpenApiTypes.BINARY,
            (404, "application/json"): DetailSerializer,
        },
    )
    def get(self, request: Request, session_id: str) -> HttpResponse:
        session = own_session(request, session_id)
        wanted = ExportQuerySerializer(data=request.query_params)
        wanted.is_valid(raise_exception=True)
        name, content_type, content = export(session, wanted.validated_data["format"])
        response = HttpResponse(content, content_type=f"{content_type}; charset=utf-8")
        response["Content-Disposition"] = content_disposition_header(True, name)
        response["Cache-Control"] = "private, no-store"
        return response
