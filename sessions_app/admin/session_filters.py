from datetime import datetime, time, timedelta
from typing import Any

from django.contrib import admin
from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.utils import timezone
from unfold.contrib.filters.admin import (
    AutocompleteSelectFilter,
    DropdownFilter,
    RangeDateFilter,
    RelatedDropdownFilter,
)
from unfold.contrib.filters.forms import AutocompleteDropdownForm
from unfold.utils import parse_date_str

from accounts.models import SchoolClass, User
from accounts.roles import OwnRelated, staff_of
from sessions_app.models import Flag, Session, Turn


class TutorFilter(OwnRelated, RelatedDropdownFilter):
    pass


class OwnStudents(AutocompleteDropdownForm):
    """Names nobody to a teacher who is not of his classes."""

    def __init__(self, request: HttpRequest, name: str, *args: Any, **kwargs: Any) -> None:
        super().__init__(request, name, *args, **kwargs)
        self.fields[name].queryset = admin.site.get_model_admin(User).get_queryset(request)


class StudentFilter(AutocompleteSelectFilter):
    form_class = OwnStudents


class ClassFilter(DropdownFilter):
    title = "class"
    parameter_name = "class"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        staff = staff_of(request)
        classes = SchoolClass.objects.all()
        if staff.role != User.Role.ADMIN:
            classes = classes.filter(teachers=staff)
        return [(str(each.pk), each.name) for each in classes]

    def queryset(self, request: HttpRequest, sessions: QuerySet[Session]) -> QuerySet[Session]:
        if not (self.value() or "").isdecimal():
            return sessions
        return sessions.filter(student__in=User.objects.filter(classes=int(self.value())).values("id"))


class NotedFilter(DropdownFilter):
    title = "what happened"
    parameter_name = "with"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [
            ("alerts", "Alerts"),
            ("open", "Alerts nobody has looked at"),
            ("failures", "Failed turns"),
            ("degraded", "Turns without face, voice or end"),
        ]

    def queryset(self, request: HttpRequest, sessions: QuerySet[Session]) -> QuerySet[Session]:
        match self.value():
            case "alerts":
                return sessions.filter(id__in=Flag.objects.order_by().values("turn__session"))
            case "open":
                return sessions.filter(id__in=Flag.objects.filter(looked_at=None).order_by().values("turn__session"))
            case "failures":
                failed = Turn.objects.filter(status=Turn.Status.FAILED)
                return sessions.filter(id__in=failed.order_by().values("session"))
            case "degraded":
                return sessions.filter(id__in=Turn.objects.filter(~Q(degraded_reason="")).order_by().values("session"))
        return sessions


class DaysFilter(RangeDateFilter):
    """From the first day's begin to the last day's end."""

    def queryset(self, request: HttpRequest, sessions: QuerySet[Session]) -> QuerySet[Session]:
        first, last = self._midnight("from"), self._midnight("to")
        if first:
            sessions = sessions.filter(**{f"{self.field_path}__gte": first})
        return sessions.filter(**{f"{self.field_path}__lt": last + timedelta(days=1)}) if last else sessions

    def _midnight(self, end: str) -> datetime | None:
        day = parse_date_str(self.used_parameters.get(f"{self.field_path}_{end}") or "")
        return timezone.make_aware(datetime.combine(day, time.min)) if day else None
