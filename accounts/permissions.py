from typing import Any

from rest_framework.exceptions import PermissionDenied
from rest_framework.permissions import IsAuthenticated
from rest_framework.request import Request

from accounts.models import User


class HasOwnPassword(IsAuthenticated):
    """Who was handed a password out can do nothing with it but choose another one."""

    def has_permission(self, request: Request, view: Any) -> bool:
        if not super().has_permission(request, view):
            return False
        if isinstance(request.user, User) and request.user.has_first_password:
            raise PermissionDenied("Please choose a password of your own first.", code="first_password")
        return True
