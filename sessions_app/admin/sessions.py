from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from unfold.admin import ModelAdmin, TabularInline

from sessions_app.models import Segment, Session, Turn


class ReadOnly:
    """What was said is looked at, never edited."""

    def has_add_permission(self, request: HttpRequest, obj: object = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: object = None) -> bool:
        return False


class TurnInline(ReadOnly, TabularInline):
    model = Turn
    fields = ["number", "status", "user_text", "reply_text", "degraded", "timings"]
    extra = 0


@admin.register(Session)
class SessionAdmin(ReadOnly, ModelAdmin):
    list_display = ["student", "tutor", "title", "status", "created_at", "last_activity"]
    list_filter = ["status", "tutor"]
    search_fields = ["student__email", "student__name", "title"]
    inlines = [TurnInline]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Session]:
        sessions: QuerySet[Session] = super().get_queryset(request)
        return sessions.select_related("student", "tutor")


class SegmentInline(ReadOnly, TabularInline):
    model = Segment
    extra = 0


@admin.register(Turn)
class TurnAdmin(ReadOnly, ModelAdmin):
    list_display = ["session", "number", "status", "modality", "user_text", "error_code", "created_at"]
    list_filter = ["status", "modality", "error_code"]
    search_fields = ["user_text", "reply_text"]
    inlines = [SegmentInline]
