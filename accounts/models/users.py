from typing import Any, ClassVar

from django.contrib.auth.models import AbstractBaseUser, BaseUserManager, PermissionsMixin
from django.db import models
from django.db.models import Q

from accounts.models.limits import Limits


class UserManager(BaseUserManager["User"]):
    def create_user(self, email: str, password: str | None = None, **extra: Any) -> "User":
        user = self.model(email=self.normalize_email(email).lower(), **extra)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_superuser(self, email: str, password: str | None = None, **extra: Any) -> "User":
        return self.create_user(email, password, role=User.Role.ADMIN, **extra)

    def taught_by(self, teacher: "User") -> "models.QuerySet[User]":
        return self.filter(classes__teachers=teacher).distinct()

    def get_by_natural_key(self, username: str | None) -> "User":
        # Nobody remembers how he capitalised his address.
        return self.get(email=(username or "").lower())


class User(AbstractBaseUser, PermissionsMixin, Limits):
    class Role(models.TextChoices):
        STUDENT = "student"
        TEACHER = "teacher"
        ADMIN = "admin"

    email = models.EmailField(unique=True)
    name = models.CharField(max_length=150, blank=True)
    role = models.CharField(max_length=10, choices=Role.choices, default=Role.STUDENT)
    is_staff = models.BooleanField("may open the staff side", default=False, editable=False)
    """As the role says, like `is_superuser`."""
    is_active = models.BooleanField("may log in", default=True)
    has_first_password = models.BooleanField("was handed a password out", default=False, editable=False)
    """Somebody else knows it: before anything else, a new one is to be chosen."""
    date_joined = models.DateTimeField(auto_now_add=True)

    objects: ClassVar[UserManager] = UserManager()

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = []

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(role="student", is_staff=False, is_superuser=False)
                | Q(role="teacher", is_staff=True, is_superuser=False)
                | Q(role="admin", is_staff=True, is_superuser=True),
                name="rights_follow_the_role",
            )
        ]

    def __str__(self) -> str:
        return self.name or self.email

    def clean(self) -> None:
        super().clean()
        self.email = self.email.lower()

    def save(self, *args: Any, update_fields: Any = None, **kwargs: Any) -> None:
        self.is_staff = self.role in (self.Role.TEACHER, self.Role.ADMIN)
        self.is_superuser = self.role == self.Role.ADMIN
        if update_fields is not None and "role" in update_fields:
            update_fields = {*update_fields, "is_staff", "is_superuser"}
        super().save(*args, update_fields=update_fields, **kwargs)
