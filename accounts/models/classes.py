from django.db import models

from accounts.models.limits import Limits
from accounts.models.users import User


class SchoolClass(Limits):
    """Students who are taught together, and who teaches them."""

    name = models.CharField(max_length=150, unique=True)
    teachers = models.ManyToManyField(
        User, blank=True, related_name="classes_taught", limit_choices_to={"role": User.Role.TEACHER}
    )
    students = models.ManyToManyField(
        User, blank=True, related_name="classes", limit_choices_to={"role": User.Role.STUDENT}
    )

    class Meta:
        ordering = ["name"]
        verbose_name = "class"
        verbose_name_plural = "classes"

    def __str__(self) -> str:
        return self.name
