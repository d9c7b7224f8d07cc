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
        about=whose(subject),
        details=details,
    )


def whose(subject: Any) -> User | None:
    """The student a row tells of: he himself, or whose session or turn it belongs to."""
    if isinstance(subject, User):
        return subject
    for owner in ("student", "session", "turn"):
        row = getattr(subject, owner, None)
        if isinstance(row, Model):
            return whose(row)
    return None


def forget(student: User) -> None:
    """Keep that something was done, not with whom."""
    nobody = f"erased account #{student.pk}"
    AuditEntry.objects.filter(about=student).update(label=nobody, details={})
    AuditEntry.objects.filter(actor=student).update(actor_name=nobody)
