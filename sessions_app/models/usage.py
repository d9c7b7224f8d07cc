from django.db import models

from accounts.models import User


class Usage(models.Model):
    """How long a student's tutors have talked on one day. Outlives the sessions: erasing them gives no time back."""

    student = models.ForeignKey(User, models.CASCADE, related_name="usage")
    day = models.DateField()
    spoken_ms = models.PositiveBigIntegerField(default=0)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["student", "day"], name="one_usage_per_day")]

    def __str__(self) -> str:
        return f"{self.student} on {self.day}: {self.spoken_ms // 1000} s"
