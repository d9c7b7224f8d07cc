from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from unfold.admin import ModelAdmin, TabularInline

from sessions_app.models import Avatar, Document, KnowledgeBase, Segment, Session, Turn, Tutor
from sessions_app.models.tutors import TutorAvatar


class TutorAvatarInline(TabularInline):
    model = TutorAvatar
    extra = 0


@admin.register(Tutor)
class TutorAdmin(ModelAdmin):
    list_display = ["name", "subject", "language", "voice", "is_open"]
    list_filter = ["subject", "language", "is_open"]
    search_fields = ["name", "subject"]
    filter_horizontal = ["knowledge_bases"]
    inlines = [TutorAvatarInline]


@admin.register(Avatar)
class AvatarAdmin(ModelAdmin):
    list_display = ["name", "avatar_id", "kind", "version", "prepared"]
    readonly_fields = ["version", "prepared_version"]

    @admin.display(boolean=True)
    def prepared(self, avatar: Avatar) -> bool:
        return avatar.prepared


class DocumentInline(TabularInline):
    model = Document
    fields = ["title"]
    readonly_fields = ["title"]
    extra = 0

    def has_add_permission(self, request: HttpRequest, obj: object = None) -> bool:
        return False


@admin.register(KnowledgeBase)
class KnowledgeBaseAdmin(ModelAdmin):
    list_display = ["name", "slug"]
    inlines = [DocumentInline]


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
