from django.core.validators import RegexValidator
from django.db import models

from accounts.models import User
from sessions_app.models.knowledge import KnowledgeBase


class Avatar(models.Model):
    """A face. `version` moves when its looks change, so that nothing made for the old face is used again."""

    class Kind(models.TextChoices):
        ILLUSTRATED = "illustrated"
        PHOTO = "photo"

    avatar_id = models.CharField(
        max_length=80, unique=True, validators=[RegexValidator(r"^[A-Za-z0-9_-]+$", "Letters, digits, - and _ only.")]
    )
    name = models.CharField(max_length=150)
    kind = models.CharField(max_length=12, choices=Kind.choices)
    features = models.JSONField(default=dict, blank=True)
    portrait = models.CharField("media key of the portrait", max_length=200, blank=True)
    version = models.PositiveIntegerField(default=1)
    prepared_version = models.PositiveIntegerField(default=0, editable=False)

    def __str__(self) -> str:
        return self.name

    @property
    def folder(self) -> str:
        return f"avatars/{self.avatar_id}/{self.version}/"

    @property
    def prepared(self) -> bool:
        return self.prepared_version == self.version


class TutorQuerySet(models.QuerySet["Tutor"]):
    def open_to(self, user: User) -> "TutorQuerySet":
        return self if user.is_staff else self.filter(is_open=True)


class Tutor(models.Model):
    """Who speaks: persona, voice, faces and what may be relied on."""

    name = models.CharField(max_length=150)
    subject = models.CharField(max_length=150)
    language = models.CharField(max_length=8, default="en")
    description = models.TextField(blank=True)
    persona = models.TextField(help_text="How the tutor is told to be. Part of every prompt.")
    greeting = models.TextField(blank=True)
    suggested_questions = models.JSONField(default=list, blank=True)
    voice = models.CharField(max_length=80)
    avatars = models.ManyToManyField(Avatar, through="TutorAvatar", related_name="tutors")
    knowledge_bases = models.ManyToManyField(KnowledgeBase, blank=True, related_name="tutors")
    is_open = models.BooleanField("open to students", default=True)

    objects = TutorQuerySet.as_manager()

    class Meta:
        ordering = ["id"]

    def __str__(self) -> str:
        return f"{self.name} ({self.subject})"

    def faces(self) -> "models.QuerySet[Avatar]":
        """The tutor's avatars, the default one first."""
        return self.avatars.order_by("tutoravatar__position")


class TutorAvatar(models.Model):
    tutor = models.ForeignKey(Tutor, models.CASCADE)
    avatar = models.ForeignKey(Avatar, models.CASCADE)
    position = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ["position"]
        constraints = [models.UniqueConstraint(fields=["tutor", "avatar"], name="an_avatar_once_per_tutor")]

    def __str__(self) -> str:
        return f"{self.tutor}: {self.avatar}"
