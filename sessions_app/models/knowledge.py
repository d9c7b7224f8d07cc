from django.db import models
from django.utils import timezone

from accounts.models import User


class KnowledgeBase(models.Model):
    """What a tutor may rely on. Known outside by its slug, the `kb_id`. `version` moves with every change of its
    passages, so that nothing made of the old ones is used again."""

    slug = models.SlugField(unique=True)
    name = models.CharField(max_length=150)
    version = models.PositiveIntegerField(default=0, editable=False)
    added_by = models.ForeignKey(User, models.SET_NULL, null=True, blank=True, editable=False, related_name="+")

    def __str__(self) -> str:
        return self.name


class Document(models.Model):
    """A file of the school's, and how far it has been read."""

    class Status(models.TextChoices):
        WAITING = "waiting"
        READING = "reading"
        READY = "ready"
        FAILED = "failed"

    knowledge_base = models.ForeignKey(KnowledgeBase, models.CASCADE, related_name="documents")
    title = models.CharField(max_length=200)
    kind = models.CharField(max_length=4, default="md", editable=False)
    file = models.CharField("media key", max_length=200, default="", editable=False)
    sha256 = models.CharField(max_length=64, default="", editable=False)
    status = models.CharField(max_length=8, choices=Status.choices, default=Status.WAITING, editable=False)
    pages = models.PositiveIntegerField(null=True, editable=False)
    pages_read = models.PositiveIntegerField(default=0, editable=False)
    problems = models.JSONField(default=list, blank=True, editable=False)
    """What could not be read: [{"page": int | None, "problem": str}]. The rest is in."""
    attempts = models.PositiveSmallIntegerField(default=0, editable=False)
    added_at = models.DateTimeField(default=timezone.now, editable=False)
    touched_at = models.DateTimeField(default=timezone.now, editable=False)
    """When the last progress was made: a document that is read, but not touched, was dropped by a worker that died."""

    class Meta:
        constraints = [models.UniqueConstraint(fields=["knowledge_base", "title"], name="one_title_per_base")]

    def __str__(self) -> str:
        return self.title


class Chunk(models.Model):
    """A passage short enough to be quoted, with its embedding (float32, length 1)."""

    document = models.ForeignKey(Document, models.CASCADE, related_name="chunks")
    position = models.PositiveIntegerField()
    page = models.PositiveIntegerField(null=True, blank=True)
    heading = models.CharField(max_length=200, blank=True)
    text = models.TextField()
    embedding = models.BinaryField()

    class Meta:
        ordering = ["document_id", "position"]
        constraints = [models.UniqueConstraint(fields=["document", "position"], name="one_chunk_per_position")]

    def __str__(self) -> str:
        return f"{self.document} #{self.position}"
