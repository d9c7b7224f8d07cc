from django.conf import settings
from django.db import transaction
from drf_spectacular.utils import extend_schema
from rest_framework import generics, status
from rest_framework.exceptions import PermissionDenied
from rest_framework.permissions import AllowAny, IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.serializers import BaseSerializer
from rest_framework.views import APIView
from rest_framework_simplejwt.exceptions import TokenError
from rest_framework_simplejwt.token_blacklist.models import BlacklistedToken, OutstandingToken
from rest_framework_simplejwt.tokens import RefreshToken
from rest_framework_simplejwt.views import TokenRefreshView

from accounts.models import User
from accounts.serializers import (
    DetailSerializer,
    LoginSerializer,
    LogoutSerializer,
    MessageSerializer,
    PasswordSerializer,
    RefreshSerializer,
    RegisterSerializer,
    TokensSerializer,
    UserSerializer,
)


class LoginView(APIView):
    permission_classes = [AllowAny]
    authentication_classes = []
    throttle_scope = "login"

    def get_authenticate_header(self, request: Request) -> str:
        return "Bearer"  # a wrong password is a 401, not the 403 of a view without authentication

    @extend_schema(request=LoginSerializer, responses={200: TokensSerializer, 401: DetailSerializer})
    def post(self, request: Request) -> Response:
        serializer = LoginSerializer(data=request.data, context={"request": request._request})
        serializer.is_valid(raise_exception=True)
        return Response(TokensSerializer.of(serializer.validated_data["user"]))


class RefreshView(TokenRefreshView):
    throttle_scope = "refresh"
    serializer_class = RefreshSerializer


class RegisterView(APIView):
    permission_classes = [AllowAny]
    authentication_classes = []
    throttle_scope = "register"

    @extend_schema(request=RegisterSerializer, responses={201: TokensSerializer})
    def post(self, request: Request) -> Response:
        if not settings.REGISTRATION_OPEN:
            raise PermissionDenied("Accounts are made by the school here.")
        serializer = RegisterSerializer(data=request.data)
        serializer.is_valid(raise_exception=True)
        return Response(TokensSerializer.of(serializer.save()), status=status.HTTP_201_CREATED)


class LogoutView(APIView):
    """Whoever holds the refresh token may end it; the access token may have expired by then."""

    permission_classes = [AllowAny]
    authentication_classes = []

    @extend_schema(request=LogoutSerializer, responses={200: MessageSerializer, 400: DetailSerializer})
    def post(self, request: Request) -> Response:
        serializer = LogoutSerializer(data=request.data)
        serializer.is_valid(raise_exception=True)
        try:
            RefreshToken(serializer.validated_data["refresh"]).blacklist()
        except TokenError as error:
            return Response({"detail": str(error)}, status=status.HTTP_400_BAD_REQUEST)
        return Response({"message": "Logged out"})


class PasswordView(APIView):
    """A new password ends all logins with the old one; the answer is a new one."""

    permission_classes = [IsAuthenticated]
    throttle_scope = "login"

    @extend_schema(request=PasswordSerializer, responses={200: TokensSerializer})
    def post(self, request: Request) -> Response:
        serializer = PasswordSerializer(data=request.data, context={"request": request})
        serializer.is_valid(raise_exception=True)
        user = request.user
        assert isinstance(user, User)
        user.set_password(serializer.validated_data["password"])
        user.has_first_password = False
        with transaction.atomic():
            user.save(update_fields=["password", "has_first_password"])
            for token in OutstandingToken.objects.filter(user=user, blacklistedtoken=None):
                BlacklistedToken.objects.get_or_create(token=token)
        return Response(TokensSerializer.of(user))


class MeView(generics.RetrieveUpdateAPIView[User]):
    permission_classes = [IsAuthenticated]
    serializer_class: type[BaseSerializer[User]] = UserSerializer
    http_method_names = ["get", "patch", "head", "options"]

    def get_object(self) -> User:
        user = self.request.user
        assert isinstance(user, User)
        return user
