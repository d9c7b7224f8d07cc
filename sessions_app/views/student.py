from typing import Any

from django.conf import settings
from django.db.models import QuerySet
from django.shortcuts import get_object_or_404
from drf_spectacular.utils import extend_schema
from rest_framework import generics, status
from rest_framework.exceptions import NotFound
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.models import User
from accounts.serializers import DetailSerializer, MessageSerializer
from sessions_app import history
from sessions_app.addresses import socket_address
from sessions_app.lifecycle import NotYours, end_session, open_session
from sessions_app.models import Session, Turn, Tutor
from sessions_app.serializers import (
    OpenedSessionSerializer,
    OpenSessionSerializer,
    SessionQuerySerializer,
    SessionRowSerializer,
    SocketAddressSerializer,
    TurnSerializer,
    TutorSerializer,
)
from sessions_app.views.refusals import EngineOff, SessionEnded


def student_of(request: Request) -> User:
    assert isinstance(request.user, User)
    return request.user


def own_session(request: Request, session_id: str) -> Session:
    """404 for anybody else's, as for one that is not there."""
    return get_object_or_404(Session.objects.select_related("tutor"), id=session_id, student=student_of(request))


def own_row(request: Request, session_id: str) -> Session:
    """`own_session` with what a list shows of it."""
    rows = history.rows(Session.objects.filter(student=student_of(request)))
    return get_object_or_404(rows, id=session_id)


class TutorListView(generics.ListAPIView[Tutor]):
    serializer_class = TutorSerializer
    pagination_class = None

    def get_queryset(self) -> QuerySet[Tutor]:
        tutors = Tutor.objects.open_to(student_of(self.request)).filter(tried_by=None)
        return tutors.prefetch_related("knowledge_bases", "tutoravatar_set__avatar")


class TutorView(generics.RetrieveAPIView[Tutor]):
    serializer_class = TutorSerializer

    def get_queryset(self) -> QuerySet[Tutor]:
        return Tutor.objects.open_to(student_of(self.request))


class SessionListView(generics.ListAPIView[Session]):
    serializer_class = SessionRowSerializer
    throttle_scope = "session"

    def get_queryset(self) -> QuerySet[Session]:
        wanted = SessionQuerySerializer(data=self.request.query_params)
        wanted.is_valid(raise_exception=True)
        asked = wanted.validated_data
        own = Session.objects.filter(student=student_of(self.request), tutor__tried_by=None)
        found = history.search(own, asked.get("search", ""))
        if "tutor" in asked:
            found = found.filter(tutor__id=asked["tutor"])  # of any size, unlike tutor=
        if "status" in asked:
            found = found.filter(status=asked["status"])
        return history.rows(found)

    @extend_schema(parameters=[SessionQuerySerializer])
    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        return super().get(request, *args, **kwargs)

    @extend_schema(
        request=OpenSessionSerializer,
        responses={200: OpenedSessionSerializer, 404: DetailSerializer, 503: DetailSerializer},
    )
    def post(self, request: Request) -> Response:
        if not settings.ENGINE_ENABLED:
            raise EngineOff
        wanted = OpenSessionSerializer(data=request.data)
        wanted.is_valid(raise_exception=True)
        return opened(request, student_of(request), wanted.validated_data, status.HTTP_200_OK)


def opened(request: Request, student: User, wanted: dict[str, object], code: int) -> Response:
    try:
        session = open_session(student, int(str(wanted["tutor_id"])), str(wanted.get("kb_id") or "") or None)
    except NotYours as error:
        raise NotFound(str(error), code="not_yours") from error
    return Response(
        {"session_id": session.id, **socket_address(request._request, session), "status": session.status}, status=code
    )


class SessionView(APIView):
    @extend_schema(responses={200: SessionRowSerializer, 404: DetailSerializer})
    def get(self, request: Request, session_id: str) -> Response:
        return Response(SessionRowSerializer(own_row(request, session_id)).data)

    @extend_schema(request=SessionRowSerializer, responses={200: SessionRowSerializer, 404: DetailSerializer})
    def patch(self, request: Request, session_id: str) -> Response:
        row = SessionRowSerializer(own_row(request, session_id), data=request.data, partial=True)
        row.is_valid(raise_exception=True)
        row.save()
        return Response(row.data)

    @extend_schema(responses={200: MessageSerializer, 404: DetailSerializer})
    def delete(self, request: Request, session_id: str) -> Response:
        end_session(own_session(request, session_id))
        return Response({"message": "Session ended successfully"})


class SessionTokenView(APIView):
    """A fresh token, to connect again."""

    throttle_scope = "session"

    @extend_schema(request=None, responses={200: SocketAddressSerializer, 404: DetailSerializer, 409: DetailSerializer})
    def post(self, request: Request, session_id: str) -> Response:
        session = own_session(request, session_id)
        if session.status != Session.Status.ACTIVE:
            raise SessionEnded
        return Response(socket_address(request._request, session))


class TurnListView(generics.ListAPIView[Turn]):
    serializer_class = TurnSerializer

    def get_queryset(self) -> QuerySet[Turn]:
        session = own_session(self.request, self.kwargs["session_id"])
        return session.turns.order_by("number").prefetch_related("segments")
