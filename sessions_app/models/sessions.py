import uuid
from typing import Any

from django.db import models
from django.utils import timezone

from accounts.models import User
from sessions_app.models.knowledge import KnowledgeBase
from sessions_app.models.tutors import Avatar, Tutor


def new_id() -> str:
    return uuid.uuid4().hex


class SessionQuerySet(models.QuerySet["Session"]):
    def seen_by(self, staff: User) -> "SessionQuerySet":
        """A teacher sees those of his classes' students, and his own. What was said to a copy of a tutor that is being
        tried only its maker sees."""
        kept = self.filter(models.Q(tutor__tried_by=None) | models.Q(tutor__tried_by=staff))
        if staff.role == User.Role.ADMIN:
            return kept
        # In one question, which an index answers; two with an "or" between them would be asked of every session.
        taught = User.objects.filter(models.Q(classes__teachers=staff) | models.Q(pk=staff.pk))
        return kept.filter(student__in=taught.order_by().values("pk"))


class Session(models.Model):
    """A student's meeting with a tutor."""

    class Status(models.TextChoices):
        ACTIVE = "active"
        ENDED = "ended"

    id = models.CharField(primary_key=True, max_length=32, default=new_id, editable=False)
    student = models.ForeignKey(User, models.CASCADE, related_name="tutor_sessions")
    tutor = models.ForeignKey(Tutor, models.PROTECT, related_name="sessions")
    knowledge_base = models.ForeignKey(KnowledgeBase, models.SET_NULL, null=True, blank=True)
    status = models.CharField(max_length=8, choices=Status.choices, default=Status.ACTIVE)
    title = models.CharField(max_length=120, blank=True)
    policy = models.JSONField("state of the teaching policy", default=dict, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    last_activity = models.DateTimeField(default=timezone.now)

    objects = SessionQuerySet.as_manager()

    class Meta:
        ordering = ["-last_activity", "-created_at"]
        indexes = [models.Index(fields=["student", "-last_activity"]), models.Index(fields=["-last_activity"])]

    def __str__(self) -> str:
        return f"{self.student} with {self.tutor.name}"

    @property
    def folder(self) -> str:
        return f"sessions/{self.id}/"


class TurnQuerySet(models.QuerySet["Turn"]):
    def running(self) -> "TurnQuerySet":
        return self.filter(status__in=Turn.RUNNING)

    def advance(self, turn_id: str, status: "Turn.Status", **changes: Any) -> bool:
        """Move a running turn on. False when it has ended meanwhile: whoever ended it won."""
        return self.running().filter(id=turn_id).update(status=status, **changes) == 1


class Turn(models.Model):
    """One utterance and its reply."""

    class Status(models.TextChoices):
        QUEUED = "queued"
        TRANSCRIBING = "transcribing"
        THINKING = "thinking"
        SPEAKING = "speaking"
        COMPLETED = "completed"
        INTERRUPTED = "interrupted"
        FAILED = "failed"

    RUNNING = (Status.QUEUED, Status.TRANSCRIBING, Status.THINKING, Status.SPEAKING)

    class Modality(models.TextChoices):
        TEXT = "text"
        AUDIO = "audio"

    class Mode(models.TextChoices):
        VIDEO = "video"
        VOICE = "voice"
        TEXT = "text"

    id = models.CharField(primary_key=True, max_length=32, default=new_id, editable=False)
    session = models.ForeignKey(Session, models.CASCADE, related_name="turns")
    number = models.PositiveIntegerField()
    status = models.CharField(max_length=12, choices=Status.choices, default=Status.QUEUED)
    modality = models.CharField(max_length=5, choices=Modality.choices)
    asked_mode = models.CharField(max_length=5, choices=Mode.choices, default=Mode.VIDEO)
    mode = models.CharField("what the reply comes with", max_length=5, choices=Mode.choices, default=Mode.VIDEO)
    avatar = models.ForeignKey(Avatar, models.SET_NULL, null=True, blank=True)
    user_text = models.TextField(blank=True)
    user_audio = models.CharField("media key of what was said", max_length=200, blank=True)
    reply_text = models.TextField(blank=True)
    """What the student heard: of an interrupted turn not all that was thought."""
    citations = models.JSONField(default=list, blank=True)
    degraded = models.JSONField(default=list, blank=True)
    degraded_reason = models.CharField(max_length=6, blank=True)
    error_code = models.CharField(max_length=40, blank=True)
    timings = models.JSONField(default=dict, blank=True)
    stages = models.JSONField(default=dict, blank=True)
    policy = models.JSONField("what the teaching policy decided", default=dict, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    ended_at = models.DateTimeField(null=True, blank=True)

    objects = TurnQuerySet.as_manager()

    class Meta:
        ordering = ["number"]
        constraints = [
            models.UniqueConstraint(fields=["session", "number"], name="turns_are_numbered"),
            models.UniqueConstraint(
                fields=["session"],
                condition=models.Q(status__in=["queued", "transcribing", "thinking", "speaking"]),
                name="one_running_turn_per_session",
            ),
        ]
        indexes = [
            models.Index(
                fields=["created_at"],
                condition=models.Q(status__in=["queued", "transcribing", "thinking", "speaking"]),
                name="running_turns",
            ),
            models.Index(fields=["-created_at"], name="turns_newest_first"),
            models.Index(fields=["session"], condition=models.Q(status="failed"), name="failed_turns"),
            models.Index(fields=["session"], condition=~models.Q(degraded_reason=""), name="degraded_turns"),
        ]

    def __str__(self) -> str:
        return f"turn {self.number} of {self.session_id}"

    @property
    def folder(self) -> str:
        return f"sessions/{self.session_id}/{self.id}/"

    @property
    def received_at(self) -> int:
        """In ms since 1970, as the events of the turn's log count."""
        return round(self.created_at.timestamp() * 1000)


class Segment(models.Model):
    """A spoken piece of a reply, with its media."""

    turn = models.ForeignKey(Turn, models.CASCADE, related_name="segments")
    index = models.PositiveIntegerField()
    text = models.TextField()
    words = models.JSONField("when each is spoken", null=True, blank=True)
    duration_ms = models.PositiveIntegerField()
    video = models.CharField("media key", max_length=200, blank=True)
    audio = models.CharField("media key", max_length=200, blank=True)

    class Meta:
        ordering = ["index"]
        constraints = [models.UniqueConstraint(fields=["turn", "index"], name="segments_are_numbered")]

    def __str__(self) -> str:
        return f"segment {self.index} of {self.turn_id}"
