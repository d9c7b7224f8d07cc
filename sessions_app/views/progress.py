"""What is left of a session when it is over: what it was about, and what its student knows by now."""

from django.shortcuts import get_object_or_404
from drf_spectacular.utils import extend_schema
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.serializers import DetailSerializer
from sessions_app import checks, progress, summaries
from sessions_app.serializers import (
    AnsweredSerializer,
    CheckSerializer,
    ChecksSerializer,
    ChoiceSerializer,
    SummarySerializer,
    TutorProgressSerializer,
)
from sessions_app.views.refusals import AnsweredBefore, StillOpen
from sessions_app.views.student import own_session, student_of


class SummaryView(APIView):
    """What was asked, what was hard, and what to do next."""

    @extend_schema(responses={200: SummarySerializer, 404: DetailSerializer})
    def get(self, request: Request, session_id: str) -> Response:
        summary, being_written = summaries.shown(own_session(request, session_id))
        return Response(SummarySerializer(summary, context={"being_written": being_written}).data)


class ChecksView(APIView):
    """Quick questions on what was cited, made at the first call."""

    @extend_schema(request=None, responses={200: ChecksSerializer, 404: DetailSerializer, 409: DetailSerializer})
    def post(self, request: Request, session_id: str) -> Response:
        session = own_session(request, session_id)
        try:
            state = checks.state_of(session)
        except checks.SessionGoesOn as error:
            raise StillOpen from error
        found = CheckSerializer(session.checks.select_related("skill"), many=True)
        return Response({"state": state, "checks": found.data})


class AnswerView(APIView):
    """The first answer counts, and tells what is right."""

    @extend_schema(
        request=ChoiceSerializer,
        responses={200: AnsweredSerializer, 400: DetailSerializer, 404: DetailSerializer, 409: DetailSerializer},
    )
    def post(self, request: Request, session_id: str, position: int) -> Response:
        session = own_session(request, session_id)
        check = get_object_or_404(session.checks.select_related("skill", "session__student"), position=position)
        wanted = ChoiceSerializer(data=request.data)
        wanted.is_valid(raise_exception=True)
        try:
            answered = checks.answer(check, wanted.validated_data["choice"])
        except checks.NoSuchChoice as error:
            raise ValidationError({"choice": ["There is no such choice."]}) from error
        except checks.AlreadyAnswered as error:
            raise AnsweredBefore from error
        return Response(AnsweredSerializer(answered).data)


class ProgressView(APIView):
    """What is known by now of what was taught, by tutor."""

    @extend_schema(responses={200: TutorProgressSerializer(many=True)})
    def get(self, request: Request) -> Response:
        return Response(TutorProgressSerializer(progress.of_student(student_of(request)), many=True).data)
