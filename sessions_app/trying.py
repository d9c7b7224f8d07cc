"""A tutor as a form describes it, tried before it is kept: a hidden copy, met by nobody but who tries it."""

from collections.abc import Iterable, Sequence
from typing import Any

from django.db import models, transaction

from accounts.models import User
from gpu_tasks import media
from sessions_app.lifecycle import erase_session, open_session
from sessions_app.models import Avatar, KnowledgeBase, Session, Tutor
from sessions_app.models.tutors import TutorAvatar


def begin(
    staff: User, wanted: Tutor, faces: Sequence[Avatar], bases: Iterable[KnowledgeBase], rows: Iterable[models.Model]
) -> Session:
    """`wanted`: a tutor as the form has it, changed and not saved. `rows`: topics, exercises and whatever else belongs
    to it. What was tried before is forgotten."""
    forget(Tutor.objects.filter(tried_by=staff))
    with transaction.atomic():
        copy = Tutor(**{field.attname: getattr(wanted, field.attname) for field in _plain_fields(Tutor)})
        copy.tried_by, copy.is_open = staff, False
        copy.save()
        for position, face in enumerate(faces):
            TutorAvatar.objects.create(tutor=copy, avatar=face, position=position)
        copy.knowledge_bases.set(bases)
        for row in rows:
            values: dict[str, Any] = {field.attname: getattr(row, field.attname) for field in _plain_fields(type(row))}
            type(row)._default_manager.create(**{**values, "tutor_id": copy.pk})
    return open_session(staff, copy.pk, None)


def forget(copies: Iterable[Tutor]) -> None:
    for copy in copies:
        for session in copy.sessions.all():
            erase_session(session)
        media.delete_folder(f"greetings/{copy.pk}/")
        copy.delete()


def _plain_fields(model: type[models.Model]) -> list[Any]:
    return [field for field in model._meta.concrete_fields if not field.primary_key]
