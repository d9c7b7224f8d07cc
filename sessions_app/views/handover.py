from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.serializers import DetailSerializer, TokensSerializer
from sessions_app import handover


class HandoverSerializer(serializers.Serializer[Any]):
    code = serializers.CharField(max_length=100)


class HandoverView(APIView):
    """Whoever holds a code that the staff side has just given out; it works once."""

    permission_classes = [AllowAny]
    authentication_classes = []
    throttle_scope = "login"

    def get_authenticate_header(self, request: Request) -> str:
        return "Bearer"

    @extend_schema(request=HandoverSerializer, responses={200: TokensSerializer, 401: DetailSerializer})
    def post(self, request: Request) -> Response:
        wanted = HandoverSerializer(data=request.data)
        wanted.is_valid(raise_exception=True)
        try:
            user = handover.redeem(wanted.validated_data["code"])
        except handover.BadCode as error:
            raise AuthenticationFailed("This link has been used or is too old.", code="handover_used") from error
        return Response(TokensSerializer.of(user))
