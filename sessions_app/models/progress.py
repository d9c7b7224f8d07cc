from django.db import models

from accounts.models import User
from sessions_app.models.sessions import Session
from sessions_app.models.tutors import Tutor


class Summary(models.Model):
    """Of a finished session, for its student and his teachers."""

    session = models.OneToOneField(Session, models.CASCADE, related_name="summary")
    asked = models.TextField("what was asked")
    hard = models.TextField("what was hard", blank=True)
    next_steps = models.TextField("what to do next", blank=True)
    turns = models.PositiveIntegerField()
    """How many turns there were when it was written: a resumed session wants another."""
    by_model = models.BooleanField("written by the language model", default=True)
    """Otherwise put together from what was kept."""
    made_at = models.DateTimeField(auto_now=True)

    def __str__(self) -> str:
        return f"summary of {self.session}"


class Skill(models.Model):
    """Something that can be known or not: a topic of a tutor, or a part of the material."""

    tutor = models.ForeignKey(Tutor, models.CASCADE, related_name="skills")
    name = models.CharField(max_length=200)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["tutor", "name"], name="one_skill_per_name")]

    def __str__(self) -> str:
        return self.name


class Check(models.Model):
    """A quick question at the end of a session, on what was taught in it."""

    session = models.ForeignKey(Session, models.CASCADE, related_name="checks")
    skill = models.ForeignKey(Skill, models.CASCADE, related_name="checks")
    position = models.PositiveSmallIntegerField()
    question = models.TextField()
    choices = models.JSONField()
    correct = models.PositiveSmallIntegerField()
    explanation = models.TextField(blank=True)
    answer = models.PositiveSmallIntegerField(null=True, blank=True)
    answered_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["position"]
        constraints = [models.UniqueConstraint(fields=["session", "position"], name="checks_are_numbered")]

    def __str__(self) -> str:
        return self.question[:80]


class Mastery(models.Model):
    """How likely it is that a student knows a skill."""

    student = models.ForeignKey(User, models.CASCADE, related_name="masteries")
    skill = models.ForeignKey(Skill, models.CASCADE, related_name="masteries")
    known = models.FloatField()
    answered = models.PositiveIntegerField(default=0)
    correct = models.PositiveIntegerField(default=0)
    changed_at = models.DateTimeField(auto_now=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["student", "skill"], name="one_mastery_per_skill")]
        verbose_name_plural = "masteries"

    def __str__(self) -> str:
        return f"{self.student}: {self.skill} {self.known:.0%}"
