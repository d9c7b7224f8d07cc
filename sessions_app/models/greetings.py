import hashlib
import json

from django.db import models

from sessions_app.models.tutors import Avatar, Tutor


class GreetingClip(models.Model):
    """A tutor's greeting, spoken with the (first) face."""

    tutor = models.OneToOneField(Tutor, models.CASCADE, related_name="greeting_clip")
    made_for = models.CharField(max_length=32)
    """`wanted_for` at the time: another text, voice or look wants another clip."""
    duration_ms = models.PositiveIntegerField()
    words = models.JSONField("when each is spoken", null=True, blank=True)
    video = models.CharField("media key", max_length=200)
    audio = models.CharField("media key", max_length=200)

    def __str__(self) -> str:
        return f"greeting of {self.tutor}"

    @staticmethod
    def wanted_for(tutor: Tutor, face: Avatar) -> str:
        made_of = [tutor.greeting, tutor.voice, tutor.language, face.avatar_id, face.version]
        return hashlib.sha256(json.dumps(made_of).encode()).hexdigest()[:32]

    @staticmethod
    def folder(tutor: Tutor, made_for: str) -> str:
        return f"greetings/{tutor.id}/{made_for}/"
