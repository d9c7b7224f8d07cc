from django.db import models

from accounts.models.users import User


class AuditEntry(models.Model):
    """What somebody of the staff opened, changed or took out. Written once, never changed."""

    class Action(models.TextChoices):
        OPENED = "opened"
        ADDED = "added"
        CHANGED = "changed"
        DELETED = "deleted"
        EXPORTED = "exported"
        ERASED = "erased"

    at = models.DateTimeField(auto_now_add=True, db_index=True)
    actor = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+")
    actor_name = models.CharField("who", max_length=254)
    """Also when the account is gone."""
    action = models.CharField(max_length=8, choices=Action.choices)
    kind = models.CharField("of what", max_length=80)
    object_id = models.CharField(max_length=64, blank=True)
    label = models.CharField("which", max_length=254, blank=True)
    about = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+", verbose_name="whose data")
    details = models.JSONField(default=dict, blank=True)

    class Meta:
        ordering = ["-at", "-id"]
        verbose_name = "audit entry"
        verbose_name_plural = "audit log"
        indexes = [models.Index(fields=["kind", "object_id"])]

    def __str__(self) -> str:
        return f"{self.actor_name} {self.action} {self.kind} {self.label}"
