from django.contrib import admin
from unfold.admin import ModelAdmin, TabularInline

from sessions_app.models import Avatar, Tutor
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
