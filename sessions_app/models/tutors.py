import time

from django.core.validators import RegexValidator
from django.db import models

from accounts.models import SchoolClass, User
from sessions_app.models.knowledge import KnowledgeBase

EPOCH = 1_735_689_600
"""The beginning of 2025, so that versions have room in their column."""


class Avatar(models.Model):
    """A face. `version` moves when its looks change, so that nothing made for the old face is used again."""

    class Kind(models.TextChoices):
        ILLUSTRATED = "illustrated"
        PHOTO = "photo"
        CLIP = "clip"

    avatar_id = models.CharField(
        max_length=80, unique=True, validators=[RegexValidator(r"^[A-Za-z0-9_-]+$", "Letters, digits, - and _ only.")]
    )
    name = models.CharField(max_length=150)
    kind = models.CharField(max_length=12, choices=Kind.choices)
    features = models.JSONField(default=dict, blank=True)
    portrait = models.CharField("media key of the portrait", max_length=200, blank=True)
    clip = models.CharField("media key of the clip", max_length=200, blank=True)
    upload = models.CharField(
        "media key of what waits to be prepared", max_length=200, default="", blank=True, editable=False
    )
    shows = models.CharField("who is seen", max_length=150, blank=True)
    consent_by = models.CharField("who agreed to its use", max_length=150, blank=True)
    consent_on = models.DateField("when", null=True, blank=True)
    added_by = models.ForeignKey(User, models.SET_NULL, null=True, blank=True, editable=False, related_name="+")
    version = models.PositiveIntegerField(default=1)
    progress = models.PositiveSmallIntegerField("percent prepared", default=0, editable=False)
    refusal = models.CharField("why it cannot be used", max_length=200, blank=True, editable=False)
    prepared_version = models.PositiveIntegerField(default=0, editable=False)

    def __str__(self) -> str:
        return self.name

    @property
    def root(self) -> str:
        return f"avatars/{self.avatar_id}/"

    @property
    def folder(self) -> str:
        return self.folder_of(self.version)

    def folder_of(self, version: int) -> str:
        return f"{self.root}{version}/"

    def next_version(self) -> int:
        """By the clock, for an `avatar_id` that is used again must not find what was kept of the face before it."""
        return max(self.version + 1, int(time.time()) - EPOCH)

    @property
    def prepared(self) -> bool:
        return self.prepared_version == self.version


class TutorQuerySet(models.QuerySet["Tutor"]):
    def open_to(self, user: User) -> "TutorQuerySet":
        """Students meet those that are open to all or to a class of theirs; teachers also those of their classes that
        are not open yet, admins all. A copy that is being tried is its maker's alone."""
        given = self.model.classes.through._default_manager.filter(tutor=models.OuterRef("pk"))
        for_all = ~models.Exists(given)
        allowed = models.Q(is_open=True) & models.Q(
            for_all | models.Exists(given.filter(schoolclass__in=user.classes.values("pk")))
        )
        if user.role == User.Role.ADMIN:
            allowed = models.Q()
        elif user.role == User.Role.TEACHER:
            taught = models.Exists(given.filter(schoolclass__in=user.classes_taught.values("pk")))
            allowed = models.Q(taught) | (models.Q(for_all, is_open=True))
        return self.filter((allowed & models.Q(tried_by=None)) | models.Q(tried_by=user))

    def seen_by(self, staff: User) -> "TutorQuerySet":
        """On the staff side, where copies that are tried do not show."""
        return self.open_to(staff).filter(tried_by=None)


class Tutor(models.Model):
    """Who speaks: persona, voice, faces, what may be relied on and how it is taught."""

    class Grounding(models.TextChoices):
        STRICT = "strict", "only from the material"
        OPEN = "open", "also beyond the material, marked as such"

    class FinalAnswer(models.TextChoices):
        NEVER = "never", "never, only hints"
        AFTER = "after", "after some hints"
        FREELY = "freely", "freely"

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
    classes = models.ManyToManyField(
        SchoolClass, blank=True, related_name="tutors", help_text="None chosen: open to every student."
    )
    grounding = models.CharField("answers", max_length=6, choices=Grounding.choices, default=Grounding.OPEN)
    final_answer = models.CharField(
        "final answers of exercises", max_length=6, choices=FinalAnswer.choices, default=FinalAnswer.FREELY
    )
    hints_first = models.PositiveSmallIntegerField("hints before an answer", default=3)
    tried_by = models.ForeignKey(
        User, models.CASCADE, null=True, blank=True, editable=False, related_name="tutors_tried"
    )
    """Of a copy that somebody of the staff tries before it is kept. Nobody else sees it."""

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


class Topic(models.Model):
    """Something a tutor teaches. Until it is introduced it is withheld."""

    tutor = models.ForeignKey(Tutor, models.CASCADE, related_name="topics")
    name = models.CharField(max_length=150)
    terms = models.CharField("other words for it", max_length=500, blank=True, help_text="Separated by commas.")
    introduced = models.BooleanField(default=True)
    position = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ["position", "id"]
        constraints = [models.UniqueConstraint(fields=["tutor", "name"], name="one_topic_per_name")]

    def __str__(self) -> str:
        return self.name


class Exercise(models.Model):
    """A task whose answer a tutor is to hold back as its policy says."""

    tutor = models.ForeignKey(Tutor, models.CASCADE, related_name="exercises")
    task = models.TextField()
    answers = models.TextField(help_text="The final answer; each other way to write it on a line of its own.")

    def __str__(self) -> str:
        return self.task[:80]
