from typing import Any, ClassVar

from django.contrib.auth.models import AbstractBaseUser, BaseUserManager, PermissionsMixin
from django.core.validators import MinValueValidator
from django.db import models


class UserManager(BaseUserManager["User"]):
    def create_user(self, email: str, password: str | None = None, **extra: Any) -> "User":
        user = self.model(email=self.normalize_email(email).lower(), **extra)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_superuser(self, email: str, password: str | None = None, **extra: Any) -> "User":
        return self.create_user(email, password, role=User.Role.ADMIN, is_staff=True, is_superuser=True, **extra)

    def get_by_natural_key(self, username: str | None) -> "User":
        # Nobody remembers how he capitalised his address.
        return self.get(email=(username or "").lower())


class User(AbstractBaseUser, PermissionsMixin):
    class Role(models.TextChoices):
        STUDENT = "student"
        TEACHER = "teacher"
        ADMIN = "admin"

    email = models.EmailField(unique=True)
    name = models.CharField(max_length=150, blank=True)
    role = models.CharField(max_length=10, choices=Role.choices, default=Role.STUDENT)
    is_staff = models.BooleanField("may open the staff side", default=False)
    is_active = models.BooleanField(default=True)
    # Empty: as the settings have it. 0: no limit.
    minutes_a_day = models.PositiveIntegerField("minutes with tutors a day", null=True, blank=True)
    turns_a_minute = models.PositiveIntegerField(
        "questions a minute", null=True, blank=True, validators=[MinValueValidator(1)]
    )
    sessions_at_once = models.PositiveIntegerField("sessions that talk at once", null=True, blank=True)
    date_joined = models.DateTimeField(auto_now_add=True)

    objects: ClassVar[UserManager] = UserManager()

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = []

    def __str__(self) -> str:
        return self.name or self.email
