from typing import Any

from django.contrib import admin
from django.db.models import Count, QuerySet
from django.http import HttpRequest
from unfold.admin import ModelAdmin
from unfold.decorators import action

from accounts.admin.import_view import import_students
from accounts.admin.users import LIMITS
from accounts.models import SchoolClass, User
from accounts.roles import OwnRows, staff_of


@admin.register(SchoolClass)
class SchoolClassAdmin(OwnRows, ModelAdmin):
    list_display = ["name", "taught_by", "number_of_students", "minutes_a_day"]
    search_fields = ["name", "students__name", "students__email"]
    autocomplete_fields = ["teachers", "students"]
    fieldsets = [
        (None, {"fields": ["name", "teachers", "students"]}),
        (LIMITS[0].replace("the class's, then ", ""), LIMITS[1]),
    ]
    actions_detail = ["import_students"]

    def rows_of(self, teacher: User, rows: QuerySet[SchoolClass]) -> QuerySet[SchoolClass]:
        return rows.filter(pk__in=teacher.classes_taught.values("pk"))

    def get_queryset(self, request: HttpRequest) -> QuerySet[SchoolClass]:
        rows = super().get_queryset(request).prefetch_related("teachers")
        counted: QuerySet[SchoolClass] = rows.annotate(number=Count("students", distinct=True))
        return counted

    def get_readonly_fields(self, request: HttpRequest, obj: SchoolClass | None = None) -> list[str]:
        return [] if staff_of(request).role == User.Role.ADMIN else ["name", "teachers"]

    @admin.display(description="taught by")
    def taught_by(self, school_class: SchoolClass) -> str:
        return ", ".join(str(teacher) for teacher in school_class.teachers.all())

    @admin.display(description="students", ordering="number")
    def number_of_students(self, school_class: SchoolClass) -> int:
        number: int = school_class.number  # type: ignore[attr-defined]
        return number

    @action(description="Import students", icon="upload_file", permissions=["change"], url_path="import")  # type: ignore[untyped-decorator]
    def import_students(self, request: HttpRequest, object_id: str) -> Any:
        return import_students(self, request, object_id)
