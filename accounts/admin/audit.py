from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from unfold.admin import ModelAdmin

from accounts.models import AuditEntry


@admin.register(AuditEntry)
class AuditEntryAdmin(ModelAdmin):
    """For admins alone, and to be read alone."""

    list_display = ["at", "actor_name", "action", "kind", "label"]
    list_filter = ["action", "kind"]
    search_fields = ["actor_name", "label", "=object_id"]
    search_help_text = "Who it was, or whose data: a name, an address, a number"
    date_hierarchy = "at"
    fields = ["at", "actor_name", "action", "kind", "object_id", "label", "details"]
    list_per_page = 50
    show_full_result_count = False

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False
