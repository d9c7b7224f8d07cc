from django.core.validators import MinValueValidator
from django.db import models


class Limits(models.Model):
    """What a student may have of his tutors. Empty: as his class has it, then as the settings do. 0: no limit."""

    minutes_a_day = models.PositiveIntegerField("minutes with tutors a day", null=True, blank=True)
    turns_a_minute = models.PositiveIntegerField(
        "questions a minute", null=True, blank=True, validators=[MinValueValidator(1)]
    )
    sessions_at_once = models.PositiveIntegerField("sessions that talk at once", null=True, blank=True)

    class Meta:
        abstract = True
