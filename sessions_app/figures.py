"""What days came to, counted as it happens. What staff only try out is not counted; what is erased stays counted."""

from collections import Counter
from collections.abc import Iterable
from datetime import date, datetime
from functools import partial
from typing import Any

from django.db import transaction
from django.db.models import Count, F, Q, QuerySet, Sum
from django.db.models.functions import TruncDate
from django.utils import timezone

from gpu_tasks import metrics
from sessions_app.models import DayFigures, FirstFrames, Segment, Session, Turn

STEP = 1.1
"""A bucket of the histogram ends this many times later than the one before it."""
FIRST_MS = 50


def _buckets() -> list[int]:
    ends, end = [], float(FIRST_MS)
    while end < 200_000:
        ends.append(round(end))
        end *= STEP
    return ends


BUCKETS = _buckets()


def bucket(ms: int) -> int:
    """Its end. All beyond the last one are in that."""
    return next((end for end in BUCKETS if ms <= end), BUCKETS[-1])


def percentile(counts: Iterable[tuple[int, int]], share: float) -> int | None:
    """Within how many ms that share of the turns was, by (end of the bucket, turns); up to `STEP` too long."""
    ordered = sorted(counts)
    wanted = share * sum(turns for _, turns in ordered)
    reached = 0
    for end, turns in ordered:
        reached += turns
        if turns and reached >= wanted:
            return end
    return None


def count_session(session: Session) -> None:
    if not session.tutor.tried_by_id:
        _add(session.created_at, sessions=1)


def count_turn(turn: Turn) -> None:
    """One that has ended, with its segments written."""
    transaction.on_commit(partial(_tell_prometheus, turn))
    if turn.session.tutor.tried_by_id:
        return
    _add(
        turn.created_at,
        turns=1,
        interrupted=int(turn.status == Turn.Status.INTERRUPTED),
        failed=int(turn.status == Turn.Status.FAILED),
        degraded=int(bool(turn.degraded)),
        spoken_ms=turn.segments.aggregate(all=Sum("duration_ms"))["all"] or 0,
    )
    if (first_frame := turn.timings.get("first_frame")) is not None:
        day, end = timezone.localdate(turn.created_at), bucket(first_frame)
        rows = FirstFrames.objects.filter(day=day, within_ms=end)
        if not rows.update(turns=F("turns") + 1):
            FirstFrames.objects.get_or_create(day=day, within_ms=end)
            rows.update(turns=F("turns") + 1)


def _tell_prometheus(turn: Turn) -> None:
    metrics.TURNS.labels(turn.status, turn.mode, turn.modality).inc()
    if turn.error_code:
        metrics.FAILURES.labels(turn.error_code).inc()
    for missing in turn.degraded:
        metrics.DEGRADED.labels(missing, turn.degraded_reason).inc()
    for until, ms in turn.timings.items():
        metrics.TURN_SECONDS.labels(until, turn.modality).observe(ms / 1000)


def count_cut_short(turn: Turn) -> None:
    """One that was counted as completed, and was stopped while it was played."""
    if not turn.session.tutor.tried_by_id:
        _add(turn.created_at, interrupted=1)


def _add(at: datetime, **more: int) -> None:
    day = timezone.localdate(at)
    changes: dict[str, Any] = {name: F(name) + number for name, number in more.items() if number}
    if not DayFigures.objects.filter(day=day).update(**changes):
        DayFigures.objects.get_or_create(day=day)
        DayFigures.objects.filter(day=day).update(**changes)


@transaction.atomic
def rebuild(since: date | None = None) -> int:
    """Count anew from the rows that are there. Returns how many days there are."""
    turns = Turn.objects.filter(session__tutor__tried_by=None).exclude(status__in=Turn.RUNNING)
    sessions = Session.objects.filter(tutor__tried_by=None)
    spoken = Segment.objects.filter(turn__in=turns)
    frames = FirstFrames.objects.all()
    days = DayFigures.objects.all()
    if since:
        turns, sessions = turns.filter(created_at__date__gte=since), sessions.filter(created_at__date__gte=since)
        spoken = spoken.filter(turn__created_at__date__gte=since)
        frames, days = frames.filter(day__gte=since), days.filter(day__gte=since)
    found: dict[date, dict[str, int]] = {}
    for row in (
        *_by_day(sessions, "created_at", sessions=Count("id")),
        *_by_day(
            turns,
            "created_at",
            turns=Count("id"),
            interrupted=Count("id", filter=Q(status=Turn.Status.INTERRUPTED)),
            failed=Count("id", filter=Q(status=Turn.Status.FAILED)),
            degraded=Count("id", filter=~Q(degraded=[])),
        ),
        *_by_day(spoken, "turn__created_at", spoken_ms=Sum("duration_ms")),
    ):
        found.setdefault(row.pop("day"), {}).update(row)
    shown: Counter[tuple[date, int]] = Counter()
    timed = turns.filter(timings__has_key="first_frame").order_by()
    for at, first_frame in timed.values_list("created_at", "timings__first_frame").iterator(10_000):
        shown[timezone.localdate(at), bucket(first_frame)] += 1
    days.delete()
    DayFigures.objects.bulk_create(DayFigures(day=day, **row) for day, row in found.items())
    frames.delete()
    FirstFrames.objects.bulk_create(
        FirstFrames(day=day, within_ms=end, turns=number) for (day, end), number in shown.items()
    )
    return len(found)


def _by_day(rows: QuerySet[Any], when: str, **sums: Any) -> Iterable[dict[str, Any]]:
    yield from rows.order_by().annotate(day=TruncDate(when)).values("day").annotate(**sums)
