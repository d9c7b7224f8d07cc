from django.db import models

from accounts.models import User
from sessions_app.models.sessions import Turn


class Flag(models.Model):
    """Something in a message, a student's or a tutor's, that a grown-up should see."""

    class Direction(models.TextChoices):
        SAID = "said", "by the student"
        REPLIED = "replied", "by the tutor"

    class Severity(models.IntegerChoices):
        LOW = 1
        MEDIUM = 2
        HIGH = 3

    turn = models.ForeignKey(Turn, models.CASCADE, related_name="flags")
    direction = models.CharField(max_length=7, choices=Direction.choices)
    category = models.CharField(max_length=40)
    severity = models.PositiveSmallIntegerField(choices=Severity.choices)
    excerpt = models.CharField(max_length=300)
    blocked = models.BooleanField("was kept back", default=False)
    created_at = models.DateTimeField(auto_now_add=True)
    looked_by = models.ForeignKey(User, models.SET_NULL, null=True, blank=True, related_name="+")
    looked_at = models.DateTimeField(null=True, blank=True)
    note = models.TextField(blank=True)

    class Meta:
        ordering = ["-created_at", "-id"]
        verbose_name = "alert"
        indexes = [
            models.Index(fields=["-created_at"], condition=models.Q(looked_at=None), name="flags_nobody_looked_at")
        ]

    def __str__(self) -> str:
        return f"{self.category}: {self.excerpt[:60]}"
