"""Alerts of a turn: one for each rule and direction, however often a task runs."""

from collections.abc import Iterable

from sessions_app.models import Flag
from sessions_app.safety.rules import EXCERPT, Hit, rule_named


def raise_flags(turn_id: str, direction: Flag.Direction, hits: Iterable[Hit], *, blocked: bool) -> None:
    for hit in hits:
        Flag.objects.get_or_create(
            turn_id=turn_id,
            direction=direction,
            category=hit.rule.category,
            defaults={"severity": hit.rule.severity, "excerpt": hit.excerpt, "blocked": blocked},
        )


def kept_back(rule_name: str, text: str) -> Hit:
    """What the guard held back of a reply."""
    return Hit(rule_named(rule_name), text[:EXCERPT])
