from django.db import models


class DayFigures(models.Model):
    """What a day came to, counted as it happens: the turns themselves are too many to be counted again."""

    day = models.DateField(unique=True)
    sessions = models.PositiveIntegerField(default=0)
    turns = models.PositiveIntegerField(default=0)
    interrupted = models.PositiveIntegerField(default=0)
    failed = models.PositiveIntegerField(default=0)
    degraded = models.PositiveIntegerField(default=0)
    spoken_ms = models.PositiveBigIntegerField(default=0)

    class Meta:
        verbose_name_plural = "day figures"

    def __str__(self) -> str:
        return str(self.day)


class FirstFrames(models.Model):
    """How many turns of a day showed their first picture within so many ms: a histogram, for its percentiles."""

    day = models.DateField()
    within_ms = models.PositiveIntegerField()
    turns = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["day", "within_ms"], name="one_count_per_bucket")]
        verbose_name_plural = "first frames"

    def __str__(self) -> str:
        return f"{self.day}: {self.turns} within {self.within_ms} ms"
