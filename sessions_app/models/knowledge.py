from django.db import models


class KnowledgeBase(models.Model):
    """What a tutor may rely on. Known outside by its slug, the `kb_id`."""

    slug = models.SlugField(unique=True)
    name = models.CharField(max_length=150)

    def __str__(self) -> str:
        return self.name


class Document(models.Model):
    knowledge_base = models.ForeignKey(KnowledgeBase, models.CASCADE, related_name="documents")
    title = models.CharField(max_length=200)
    text = models.TextField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["knowledge_base", "title"], name="one_title_per_base")]

    def __str__(self) -> str:
        return self.title


class Chunk(models.Model):
    """A passage short enough to be quoted, with its embedding (float32, length 1)."""

    document = models.ForeignKey(Document, models.CASCADE, related_name="chunks")
    position = models.PositiveIntegerField()
    page = models.PositiveIntegerField(null=True, blank=True)
    text = models.TextField()
    embedding = models.BinaryField()

    class Meta:
        ordering = ["document_id", "position"]
        constraints = [models.UniqueConstraint(fields=["document", "position"], name="one_chunk_per_position")]

    def __str__(self) -> str:
        return f"{self.document} #{self.position}"
