import tomllib
from datetime import date
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand
from django.db import transaction

from accounts import demo
from gpu_tasks import media
from gpu_tasks.engines.avatar.characters import CHARACTERS, PORTRAITS
from sessions_app.ingestion import documents
from sessions_app.models import Avatar, Document, KnowledgeBase, Tutor
from sessions_app.models.tutors import TutorAvatar

NOBODY = {"shows": "Nobody: the face is made up", "consent_by": "Nobody has to", "consent_on": date(2026, 1, 1)}
STAFFS_VERSIONS = 1_000_000
SEED = Path(__file__).resolve().parents[2] / "seed"


class Command(BaseCommand):
    help = "Puts in the sample tutors with their faces and lessons, and in demo mode the demo accounts."

    def handle(self, *args: Any, **options: Any) -> None:
        avatars()
        # A profile may have voices that the others have not, and tutors that speak with them.
        for file in sorted([*SEED.glob("*.toml"), *SEED.glob(f"{settings.PROFILE}/*.toml")]):
            tutor(tomllib.loads(file.read_text(encoding="utf-8")))
        if settings.MODE in ("demo", "dev"):
            demo.create_accounts()
        self.stdout.write(f"{Tutor.objects.count()} tutors, {Avatar.objects.count()} faces")


def avatars() -> None:
    for slug, features in CHARACTERS.items():
        _avatar(f"avatar_{slug}", slug.capitalize(), Avatar.Kind.ILLUSTRATED, features=features)
    for slug, file in PORTRAITS.items():
        key = media.save(f"avatars/avatar_{slug}/portrait{file.suffix}", file.read_bytes())
        _avatar(f"avatar_{slug}", slug.capitalize(), Avatar.Kind.PHOTO, portrait=key)
        Avatar.objects.filter(avatar_id=f"avatar_{slug}", consent_by="").update(**NOBODY)


def _avatar(avatar_id: str, name: str, kind: Avatar.Kind, **looks: Any) -> None:
    avatar, created = Avatar.objects.get_or_create(avatar_id=avatar_id, defaults={"name": name, "kind": kind, **looks})
    # What staff changed stays as they made it; their versions go by the clock.
    ours = avatar.version < STAFFS_VERSIONS
    if not created and ours and any(getattr(avatar, field) != value for field, value in looks.items()):
        for field, value in looks.items():
            setattr(avatar, field, value)
        avatar.version += 1
        avatar.save()


@transaction.atomic
def tutor(seed: dict[str, Any]) -> None:
    base, _ = KnowledgeBase.objects.get_or_create(
        slug=seed["knowledge_base"]["slug"], defaults={"name": seed["knowledge_base"]["name"]}
    )
    for document in seed["documents"]:
        text = document["text"].strip().encode()
        taken = documents.take_in(base, f"{document['title']}.md", text, document["title"])
        if taken.status != Document.Status.READY:
            documents.read(taken)
    # What staff changed in a sample tutor stays as they made it.
    row, created = Tutor.objects.get_or_create(
        name=seed["name"],
        subject=seed["subject"],
        defaults={
            field: seed[field] for field in ("language", "description", "greeting", "suggested_questions", "voice")
        }
        | {"persona": seed["persona"].strip()},
    )
    if created:
        row.knowledge_bases.add(base)
        for position, avatar_id in enumerate(seed["avatars"]):
            avatar = Avatar.objects.get(avatar_id=avatar_id)
            TutorAvatar.objects.create(tutor=row, avatar=avatar, position=position)
