"""Keeps what the staff did. Whoever shows, changes or hands out what students said writes it here."""

from typing import Any

from django.db.models import Model

from accounts.models import AuditEntry, User


def record(actor: User, action: AuditEntry.Action, subject: Model, **details: Any) -> None:
    AuditEntry.objects.create(
        actor=actor,
        actor_name=f"{actor.name} <{actor.email}>" if actor.name else actor.email,
        action=action,
        kind=str(subject._meta.verbose_name),
        object_id=str(subject.pk or ""),
        label=str(subject)[:254],
        details=details,
    )
