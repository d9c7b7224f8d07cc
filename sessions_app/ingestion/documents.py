"""Documents on their way into a knowledge base: taken in at once, read by a worker."""

import hashlib
import logging
import tempfile
import time
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import numpy as np
from django.db import transaction
from django.db.models import F, Q
from django.db.models.signals import post_delete
from django.dispatch import receiver
from django.utils import timezone

from gpu_tasks import media
from sessions_app.ingestion import files
from sessions_app.ingestion.readers import Problem, Record, Unreadable
from sessions_app.models import Chunk, Document, KnowledgeBase

logger = logging.getLogger(__name__)

BATCH = 64
PROGRESS_SECONDS = 0.5
MAX_CHUNKS = 20_000
ATTEMPTS = 2
LEFT_AFTER = timedelta(seconds=60)


def take_in(base: KnowledgeBase, name: str, content: bytes, title: str = "") -> Document:
    """Keep a file, to be read. One of the same title takes the place of the old; the same file again changes nothing.

    Raises files.BadDocument.
    """
    kind = files.kind_of(name, content)
    title = (title or Path(name).stem).strip()[:200]
    sha256 = hashlib.sha256(content).hexdigest()
    document = Document.objects.filter(knowledge_base=base, title=title).first()
    if document and document.sha256 == sha256 and document.status != Document.Status.FAILED:
        return document
    document = document or Document(knowledge_base=base, title=title)
    document.kind, document.sha256 = kind, sha256
    replaced, document.file = document.file, media.save(f"documents/{base.slug}/{sha256}.{kind}", content)
    document.status, document.touched_at, document.attempts = Document.Status.WAITING, timezone.now(), 0
    document.save()
    _drop(replaced)
    return document


def next_to_read() -> Document | None:
    """One that waits, or that a worker left in the middle."""
    left = Q(status=Document.Status.READING, touched_at__lt=timezone.now() - LEFT_AFTER)
    return Document.objects.filter(Q(status=Document.Status.WAITING) | left).order_by("added_at").first()


def read(document: Document, on_progress: Callable[[], None] = lambda: None) -> None:
    """Read a document into passages with embeddings; what cannot be read is noted with it. Until all is there the old
    passages stand. Another file that was taken in meanwhile is not touched."""
    from sessions_app.ingestion import reading

    rows = Document.objects.filter(id=document.id, sha256=document.sha256)
    begun: dict[str, Any] = {"status": Document.Status.READING, "pages": None, "pages_read": 0, "problems": []}
    if not rows.update(**begun, attempts=F("attempts") + 1, touched_at=timezone.now()):
        return
    if document.attempts >= ATTEMPTS:
        given_up = Problem(page=None, problem="Reading the document brought its worker down, twice.")
        rows.update(status=Document.Status.FAILED, problems=[given_up])
        return
    problems: list[Problem] = []
    with tempfile.NamedTemporaryFile(suffix=f".{document.kind}") as file:
        file.write(media.read(document.file))
        file.flush()
        try:
            chunks = list(_chunks(document, reading.records(document.kind, Path(file.name)), problems, on_progress))
        except Unreadable as error:
            logger.warning("document %s: %s", document.id, error)
            problems.append({"page": None, "problem": str(error)})
            chunks = []
    if not chunks and not problems:
        problems.append({"page": None, "problem": "There is no text in the document."})
    status = Document.Status.READY if chunks else Document.Status.FAILED
    with transaction.atomic():
        if not rows.update(status=status, problems=problems, touched_at=timezone.now()):
            return
        document.chunks.all().delete()
        Chunk.objects.bulk_create(chunks, batch_size=500)
        KnowledgeBase.objects.filter(id=document.knowledge_base_id).update(version=F("version") + 1)


def _chunks(
    document: Document, records: Iterator[Record], problems: list[Problem], on_progress: Callable[[], None]
) -> Iterator[Chunk]:
    from sessions_app.ingestion.chunking import chunks

    rows = Document.objects.filter(id=document.id, sha256=document.sha256)
    batch: list[Chunk] = []
    position, told = 0, 0.0
    for record in records:
        if "pages" in record:
            rows.update(pages=record["pages"])
            continue
        if "problem" in record:
            problems.append(record)
        else:
            for text in chunks(record):
                batch.append(
                    Chunk(
                        document=document,
                        position=position,
                        page=record["page"],
                        heading=record["heading"][:200],
                        text=text,
                    )
                )
                position += 1
        if position > MAX_CHUNKS:
            raise Unreadable("The document is too long to be one lesson. Please split it.")
        if len(batch) >= BATCH:
            yield from _embedded(batch)
            batch = []
        if time.monotonic() - told > PROGRESS_SECONDS and record["page"]:
            told = time.monotonic()
            rows.update(pages_read=record["page"], touched_at=timezone.now())
            on_progress()
    yield from _embedded(batch)


def _embedded(batch: list[Chunk]) -> list[Chunk]:
    from gpu_tasks import stages

    # A heading says what a passage is about that only says "it".
    rows = stages.embedding().embed([f"{chunk.heading}\n{chunk.text}".strip() for chunk in batch])
    for chunk, row in zip(batch, rows, strict=True):
        chunk.embedding = np.asarray(row, np.float32).tobytes()
    return batch


@receiver(post_delete, sender=Document)
def _forget(instance: Document, **_: object) -> None:
    """With its last document a file goes too, and no answer relies on it any more."""
    KnowledgeBase.objects.filter(id=instance.knowledge_base_id).update(version=F("version") + 1)
    _drop(instance.file)


def _drop(file: str) -> None:
    if file and not Document.objects.filter(file=file).exists():
        transaction.on_commit(lambda: media.delete(file))
