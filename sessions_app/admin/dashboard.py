"""Today at a glance. A teacher sees the school's queues and workers, and the figures of his own classes."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.contrib import admin
from django.db.models import Count, Q, Sum
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from redis.exceptions import RedisError

from accounts.models import User
from accounts.roles import staff_of
from gpu_tasks import turn_log, worker
from gpu_tasks.connections import redis_client
from gpu_tasks.stages import STAGES
from sessions_app import admission, figures
from sessions_app.models import DayFigures, FirstFrames, Flag, Session, Turn, Usage

DAYS = 30
STAGE_NAMES = {"asr": "hearing", "llm": "thinking", "tts": "speaking", "avatar": "face", "default": "everything else"}

admin.site.index_template = "admin/dashboard.html"
admin.site.index_title = "Today"


@dataclass(frozen=True, slots=True)
class Card:
    title: str
    value: str
    note: str = ""
    href: str = ""
    warns: bool = False


@dataclass(frozen=True, slots=True)
class Chart:
    title: str
    kind: str
    columns: list[str]
    days: list[date]
    series: list[list[float | None]]

    @property
    def rows(self) -> list[tuple[Any, ...]]:
        return list(zip(self.days, *self.series, strict=True))

    @property
    def data(self) -> str:
        """As Chart.js wants it."""
        colours = ["var(--color-primary-600)", "var(--color-primary-300)"]
        sets = [
            {
                "label": label,
                "data": numbers,
                "borderColor": colour,
                "backgroundColor": colour,
                "displayYAxis": True,
                "maxTicksXLimit": 10,
                "spanGaps": True,
            }
            for label, numbers, colour in zip(self.columns, self.series, colours, strict=False)
        ]
        return json.dumps({"labels": [f"{day:%-d %b}" for day in self.days], "datasets": sets})


def dashboard(request: HttpRequest, context: dict[str, Any]) -> dict[str, Any]:
    staff = staff_of(request)
    of_all = staff.role == User.Role.ADMIN
    today = timezone.localdate()
    cards, charts = _of_school(today) if of_all else _of_classes(staff, today)
    return {**context, **_now(staff), "cards": cards, "charts": charts, "of_all": of_all}


def now(request: HttpRequest) -> HttpResponse:
    """The piece of the page that is asked for again every few seconds."""
    return render(request, "admin/dashboard_now.html", _now(staff_of(request)))


def _of_school(today: date) -> tuple[list[Card], list[Chart]]:
    first = today - timedelta(days=DAYS - 1)
    days = {row.day: row for row in DayFigures.objects.filter(day__gte=first)}
    frames: dict[date, list[tuple[int, int]]] = {}
    for day, end, turns in FirstFrames.objects.filter(day__gte=first).values_list("day", "within_ms", "turns"):
        frames.setdefault(day, []).append((end, turns))
    row = days.get(today) or DayFigures(day=today)
    half, most = (figures.percentile(frames.get(today, []), share) for share in (0.5, 0.95))
    cards = [
        Card("Sessions", f"{row.sessions:,}", "opened today"),
        Card("Turns", f"{row.turns:,}", f"{row.interrupted:,} stopped by the student"),
        Card("Minutes", f"{_minutes(row.spoken_ms):,}", "spoken by tutors"),
        Card("First picture", _seconds(half), f"half of the turns; 95 %: {_seconds(most)}"),
        Card("Failures", f"{row.failed:,}", _share(row.failed, row.turns), _sessions("failures"), row.failed > 0),
        Card("Degraded", f"{row.degraded:,}", _share(row.degraded, row.turns), _sessions("degraded")),
    ]
    span = _span(today)

    def each(number: Callable[[DayFigures], float]) -> list[float | None]:
        return [number(days[day]) if day in days else 0 for day in span]

    def within(share: float) -> list[float | None]:
        ends = [figures.percentile(frames.get(day, []), share) for day in span]
        return [None if end is None else end / 1000 for end in ends]

    charts = [
        Chart("Turns", "bar", ["turns"], span, [each(lambda day: day.turns)]),
        Chart("Minutes spoken", "bar", ["minutes"], span, [each(lambda day: _minutes(day.spoken_ms))]),
        Chart("First picture, seconds", "line", ["half of the turns", "95 %"], span, [within(0.5), within(0.95)]),
        Chart(
            "Failed and degraded turns",
            "line",
            ["failed", "degraded"],
            span,
            [each(lambda day: day.failed), each(lambda day: day.degraded)],
        ),
    ]
    return cards, charts


def _of_classes(teacher: User, today: date) -> tuple[list[Card], list[Chart]]:
    students = list(User.objects.taught_by(teacher).values_list("id", flat=True))
    sessions = Session.objects.filter(student__in=students, tutor__tried_by=None, last_activity__date=today)
    turns = Turn.objects.filter(session__in=list(sessions.order_by().values_list("id", flat=True)))
    row = turns.filter(created_at__date=today).aggregate(
        sessions=Count("session", distinct=True),
        all=Count("id"),
        failed=Count("id", filter=Q(status=Turn.Status.FAILED)),
        degraded=Count("id", filter=~Q(degraded_reason="")),
    )
    span = _span(today)
    used = Usage.objects.filter(student__in=students, day__gte=span[0]).order_by().values_list("day")
    by_day = {day: (ms, number) for day, ms, number in used.annotate(Sum("spoken_ms"), Count("id"))}
    minutes = [_minutes(by_day.get(day, (0, 0))[0]) for day in span]
    learners = [by_day.get(day, (0, 0))[1] for day in span]
    cards = [
        Card("Students", f"{learners[-1]:,}", f"of {len(students):,} learned today"),
        Card("Sessions", f"{row['sessions']:,}", "used today"),
        Card("Turns", f"{row['all']:,}", "today"),
        Card("Minutes", f"{minutes[-1]:,}", "spoken by tutors"),
        Card("Failures", f"{row['failed']:,}", _share(row["failed"], row["all"]), _sessions("failures")),
        Card("Degraded", f"{row['degraded']:,}", _share(row["degraded"], row["all"]), _sessions("degraded")),
    ]
    charts = [
        Chart("Minutes with tutors", "bar", ["minutes"], span, [list(minutes)]),
        Chart("Students who learned", "bar", ["students"], span, [list(learners)]),
    ]
    return cards, charts


def _now(staff: User) -> dict[str, Any]:
    flags = Flag.objects.filter(looked_at=None)
    if staff.role != User.Role.ADMIN:
        flags = flags.filter(turn__session__in=Session.objects.seen_by(staff).order_by())
    found: dict[str, Any] = {"at": timezone.localtime(), "open_alerts": flags.count()}
    try:
        stages = [
            {
                "name": STAGE_NAMES[stage],
                "queue": stage,
                "workers": worker.alive(stage),
                "queued": worker.queued(stage),
                "trouble": worker.trouble(stage),
            }
            for stage in (*STAGES, "default")
        ]
        running = redis_client().scard(turn_log.RUNNING)
        return found | {"stages": stages, "running": running, "waiting": len(admission.waiting())}
    except RedisError:
        return found | {"unreachable": True}


def _span(today: date) -> list[date]:
    return [today - timedelta(days=back) for back in reversed(range(DAYS))]


def _minutes(ms: int) -> int:
    return round(ms / 60_000)


def _seconds(ms: int | None) -> str:
    return "–" if ms is None else f"{ms / 1000:.1f} s"


def _share(part: int, whole: int) -> str:
    return f"{part / whole:.1%} of the turns" if whole else "of no turns"


def _sessions(having: str) -> str:
    return f"{reverse('admin:sessions_app_session_changelist')}?with={having}"
