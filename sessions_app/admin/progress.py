"""What students know by now: a list, and tables of a class and of a student."""

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import URLPattern, path, reverse
from django.utils.html import format_html
from unfold.admin import ModelAdmin

from accounts import audit
from accounts.models import AuditEntry, SchoolClass, User
from accounts.roles import OwnRelated, OwnRows, staff_of
from sessions_app import progress
from sessions_app.models import Mastery
from sessions_app.tracing import Level, level

WORDS: dict[Level, str] = {
    "beginning": "Just begun",
    "growing": "Getting there",
    "solid": "Good",
    "mastered": "Mastered",
}


@admin.register(Mastery)
class MasteryAdmin(OwnRows, ModelAdmin):
    list_display = ["of_student", "tutor", "skill", "state", "answers", "changed_at"]
    list_display_links = None
    list_filter = [("student__classes", OwnRelated), ("skill__tutor", OwnRelated)]
    search_fields = ["student__name", "student__email", "skill__name"]
    list_select_related = ["student", "skill__tutor"]
    ordering = ["known"]
    list_before_template = "admin/progress_classes.html"

    def rows_of(self, teacher: User, rows: QuerySet[Mastery]) -> QuerySet[Mastery]:
        return rows.filter(student__in=User.objects.taught_by(teacher))

    def has_add_permission(self, request: HttpRequest, obj: object = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: object = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: object = None) -> bool:
        return False

    @admin.display(description="student", ordering="student__name")
    def of_student(self, mastery: Mastery) -> str:
        return format_html(
            '<a class="text-primary-600 dark:text-primary-500" href="{}">{}</a>',
            reverse("admin:progress_of_student", args=[mastery.student_id]),
            mastery.student,
        )

    @admin.display(description="tutor", ordering="skill__tutor__name")
    def tutor(self, mastery: Mastery) -> str:
        return str(mastery.skill.tutor)

    @admin.display(description="known", ordering="known")
    def state(self, mastery: Mastery) -> str:
        return words(mastery)

    @admin.display(description="right answers")
    def answers(self, mastery: Mastery) -> str:
        return f"{mastery.correct} of {mastery.answered}"

    def get_urls(self) -> list[URLPattern]:
        mine = [
            path("class/<int:pk>/", self.admin_site.admin_view(self.of_class), name="progress_of_class"),
            path("student/<int:pk>/", self.admin_site.admin_view(self.of_one), name="progress_of_student"),
        ]
        return [*mine, *super().get_urls()]

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        context = {"classes": _classes(request), **(extra_context or {})}
        return super().changelist_view(request, context)

    def of_class(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Skills by students. 404 for a class of another teacher."""
        school_class = _classes(request).filter(pk=pk).first()
        if school_class is None or not self.has_view_permission(request):
            raise Http404
        students = list(school_class.students.order_by("name", "email"))
        rows = [
            [row.skill.name, str(row.skill.tutor), *(words(cell) if cell else "–" for cell in row.cells)]
            for row in progress.of_students(students)
        ]
        audit.record(staff_of(request), AuditEntry.Action.OPENED, school_class, page="progress")
        table = {"headers": ["skill", "tutor", *(str(student) for student in students)], "rows": rows}
        return self._page(request, f"Progress of {school_class}", table)

    def of_one(self, request: HttpRequest, pk: int) -> HttpResponse:
        """404 for a student of another teacher."""
        staff = staff_of(request)
        students = User.objects.all() if staff.role == User.Role.ADMIN else User.objects.taught_by(staff)
        student = students.filter(pk=pk).first()
        if student is None or not self.has_view_permission(request):
            raise Http404
        rows = [
            [mastery.skill.name, str(each.tutor), words(mastery), f"{mastery.correct} of {mastery.answered}"]
            for each in progress.of_student(student)
            for mastery in each.skills
        ]
        audit.record(staff, AuditEntry.Action.OPENED, student, page="progress")
        table = {"headers": ["skill", "tutor", "known", "right answers"], "rows": rows}
        return self._page(request, f"Progress of {student}", table)

    def _page(self, request: HttpRequest, title: str, table: dict[str, Any]) -> HttpResponse:
        context = self.admin_site.each_context(request) | {"title": title, "opts": self.model._meta, "table": table}
        return render(request, "admin/progress.html", context)


def words(mastery: Mastery) -> str:
    return f"{WORDS[level(mastery.known)]} ({mastery.known:.0%})"


def _classes(request: HttpRequest) -> QuerySet[SchoolClass]:
    staff = staff_of(request)
    return SchoolClass.objects.all() if staff.role == User.Role.ADMIN else staff.classes_taught.all()
