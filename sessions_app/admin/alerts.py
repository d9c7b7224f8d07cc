"""Alerts: what a grown-up should see, and who has looked."""

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from unfold.admin import ModelAdmin

from accounts.models import User
from accounts.roles import OwnRows, staff_of
from sessions_app.models import Flag, Session

SHOWN = [
    "how_serious",
    "category",
    "student",
    "direction",
    "excerpt",
    "blocked",
    "created_at",
    "transcript",
    "looked",
]


def alerts_seen_by(staff: User) -> QuerySet[Flag]:
    return Flag.objects.filter(turn__session__in=Session.objects.seen_by(staff).values("pk"))


def serious_and_unseen(staff: User) -> int:
    """Of those that one of the staff may see, how many are HIGH and nobody has looked at."""
    return alerts_seen_by(staff).filter(severity=Flag.Severity.HIGH, looked_at=None).count()


class Looked(admin.SimpleListFilter):
    title = "who looked"
    parameter_name = "looked"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [("nobody", "Nobody has looked"), ("me", "I have looked"), ("somebody", "Somebody has looked")]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Flag]) -> QuerySet[Flag]:
        match self.value():
            case "nobody":
                return queryset.filter(looked_at=None)
            case "me":
                return queryset.filter(looked_by=staff_of(request))
            case "somebody":
                return queryset.exclude(looked_at=None)
        return queryset


@admin.register(Flag)
class FlagAdmin(OwnRows, ModelAdmin):
    """To open an alert is to have looked."""

    list_display = ["excerpt", "how_serious", "category", "student", "direction", "created_at", "looked"]
    list_filter = [Looked, "severity", "category", "direction"]
    list_select_related = ["turn__session__student", "looked_by"]
    list_per_page = 50
    ordering = ["-created_at", "-id"]
    search_fields = ["excerpt", "turn__session__student__name", "turn__session__student__email"]
    show_full_result_count = False
    fields = [*SHOWN, "note"]
    readonly_fields = SHOWN

    def rows_of(self, teacher: User, rows: QuerySet[Flag]) -> QuerySet[Flag]:
        return rows.filter(pk__in=alerts_seen_by(teacher).values("pk"))

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        flag = self.get_object(request, object_id)
        if flag is not None and self.has_view_permission(request, flag):
            # Who was first, of two who open it at once.
            looked = {"looked_by": staff_of(request), "looked_at": timezone.now()}
            Flag.objects.filter(pk=flag.pk, looked_at=None).update(**looked)
        response: HttpResponse = super().change_view(request, object_id, form_url, extra_context)
        return response

    @admin.display(description="student", ordering="turn__session__student__name")
    def student(self, flag: Flag) -> str:
        return str(flag.turn.session.student)

    @admin.display(description="severity", ordering="severity")
    def how_serious(self, flag: Flag) -> str:
        return flag.get_severity_display()

    how_serious.label = {"Low": "info", "Medium": "warning", "High": "danger"}  # type: ignore[attr-defined]

    @admin.display(description="who looked")
    def looked(self, flag: Flag) -> str:
        if flag.looked_at is None:
            return "nobody yet"
        when = timezone.localtime(flag.looked_at)
        return f"{flag.looked_by or 'somebody whose account is gone'}, {when:%d %B %Y, %H:%M}"

    @admin.display(description="transcript")
    def transcript(self, flag: Flag) -> str:
        page = reverse("admin:sessions_app_session_change", args=[flag.turn.session_id])
        link = (
            '<a class="text-primary-600 underline dark:text-primary-500" href="{0}?turn={1}#turn-{1}">What was said</a>'
        )
        return format_html(link, page, flag.turn_id)
