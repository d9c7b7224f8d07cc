from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, cast

from django.contrib.auth import authenticate
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from rest_framework import serializers
from rest_framework.exceptions import APIException, AuthenticationFailed, ErrorDetail, Throttled
from rest_framework.fields import get_error_detail
from rest_framework.request import Request
from rest_framework_simplejwt.exceptions import InvalidToken
from rest_framework_simplejwt.serializers import TokenRefreshSerializer
from rest_framework_simplejwt.settings import api_settings
from rest_framework_simplejwt.tokens import RefreshToken
from rest_framework_simplejwt.utils import get_md5_hash_password

from accounts import guessing
from accounts.addresses import client_address
from accounts.guessing import CannotCount, TooManyGuesses
from accounts.models import User


class TooOften(Throttled):
    def __init__(self, error: TooManyGuesses) -> None:
        super().__init__(detail=str(error), code="too_many_guesses")
        self.wait = error.wait


class NotNow(APIException):
    status_code = 503
    default_detail = "Nobody can log in right now. Please try again in a moment."
    default_code = "unavailable"


@contextmanager
def refusing_guesses() -> Iterator[None]:
    try:
        yield
    except TooManyGuesses as error:
        raise TooOften(error) from error
    except CannotCount as error:
        raise NotNow from error


class UserSerializer(serializers.ModelSerializer[User]):
    has_first_password = serializers.BooleanField(
        read_only=True, required=False, help_text="Only there, and true, where a new one is to be chosen first."
    )

    class Meta:
        model = User
        fields = ["id", "email", "name", "role", "has_first_password"]
        read_only_fields = ["id", "email", "role"]

    def to_representation(self, instance: User) -> dict[str, Any]:
        shown = super().to_representation(instance)
        if not instance.has_first_password:
            del shown["has_first_password"]
        return shown


class LoginSerializer(serializers.Serializer[Any]):
    email = serializers.CharField()  # whatever is no address is a wrong one: 401, not 400
    password = serializers.CharField(trim_whitespace=False)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        with refusing_guesses():
            user = authenticate(self.context["request"], username=attrs["email"], password=attrs["password"])
        if user is None:
            raise AuthenticationFailed("The e-mail address or the password is wrong.", code="wrong_credentials")
        return {"user": user}


class RegisterSerializer(serializers.ModelSerializer[User]):
    password = serializers.CharField(write_only=True, trim_whitespace=False)
    name = serializers.CharField(max_length=150)

    class Meta:
        model = User
        fields = ["email", "password", "name"]

    def validate_email(self, email: str) -> str:
        if User.objects.filter(email=email.lower()).exists():
            raise serializers.ValidationError("There is an account with this address already.", code="email_taken")
        return email.lower()

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        _check_password(attrs["password"], User(email=attrs["email"], name=attrs["name"]))
        return attrs

    def create(self, validated_data: dict[str, Any]) -> User:
        return User.objects.create_user(**validated_data)


class PasswordSerializer(serializers.Serializer[Any]):
    current = serializers.CharField(trim_whitespace=False)
    password = serializers.CharField(trim_whitespace=False)

    def validate_current(self, current: str) -> str:
        request: Request = self.context["request"]
        user = cast(User, request.user)
        account, address = user.email, client_address(request._request)
        with refusing_guesses():
            guessing.attempt(account, address)
        if not user.check_password(current):
            raise serializers.ValidationError("The password is wrong.", code="wrong_password")
        guessing.succeeded(account, address)
        return current

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        _check_password(attrs["password"], self.context["request"].user)
        if attrs["password"] == attrs["current"]:
            raise serializers.ValidationError({"password": ErrorDetail("This is the old one.", code="same_password")})
        return attrs


def _check_password(password: str, user: User) -> None:
    try:
        validate_password(password, user)
    except ValidationError as error:
        raise serializers.ValidationError({"password": get_error_detail(error)}) from error


class TokensSerializer(serializers.Serializer[Any]):
    """What login and registration answer."""

    access = serializers.CharField()
    refresh = serializers.CharField()
    user = UserSerializer()

    @staticmethod
    def of(user: User) -> dict[str, Any]:
        refresh = RefreshToken.for_user(user)
        return {"access": str(refresh.access_token), "refresh": str(refresh), "user": UserSerializer(user).data}


class RefreshSerializer(TokenRefreshSerializer):
    """A refresh token of an account that is erased, or whose password is another by now, is worth nothing."""

    def validate(self, attrs: dict[str, Any]) -> dict[str, str]:
        claims = self.token_class(attrs["refresh"]).payload
        user = User.objects.filter(pk=claims.get(api_settings.USER_ID_CLAIM, 0)).first()
        if user is None or claims.get(api_settings.REVOKE_TOKEN_CLAIM) != get_md5_hash_password(user.password):
            raise InvalidToken
        return super().validate(attrs)


class LogoutSerializer(serializers.Serializer[Any]):
    refresh = serializers.CharField()


class DetailSerializer(serializers.Serializer[Any]):
    detail = serializers.CharField()


class MessageSerializer(serializers.Serializer[Any]):
    message = serializers.CharField()
