import re

from django.db import transaction

from gpu_tasks import stages
from sessions_app.models import Chunk, Document, KnowledgeBase

CHUNK_CHARACTERS = 400


def ingest(base: KnowledgeBase, title: str, text: str) -> Document:
    """Put a document in, in passages with embeddings. The same text again does nothing."""
    document, created = Document.objects.get_or_create(knowledge_base=base, title=title, defaults={"text": text})
    if not created and document.text == text and document.chunks.exists():
        return document
    passages = passages_of(text)
    rows = stages.embedding().embed(passages)
    with transaction.atomic():
        document.text = text
        document.save()
        document.chunks.all().delete()
        Chunk.objects.bulk_create(
            Chunk(document=document, position=position, text=passage, embedding=row.tobytes())
            for position, (passage, row) in enumerate(zip(passages, rows, strict=True))
        )
    return document


def passages_of(text: str) -> list[str]:
    """Paragraphs, long ones cut between sentences."""
    passages: list[str] = []
    for paragraph in re.split(r"\n\s*\n", text.strip()):
        passage = ""
        for sentence in re.split(r"(?<=[.!?])\s+|(?<=[。！？])", " ".join(paragraph.split())):
            if passage and len(passage) + len(sentence) > CHUNK_CHARACTERS:
                passages.append(passage)
                passage = ""
            passage = f"{passage} {sentence}".strip()
        if passage:
            passages.append(passage)
    return passages
