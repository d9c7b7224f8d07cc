"""What the staff does with all that is kept of a student."""

from typing import Any

from django.contrib import admin, messages
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from unfold.decorators import action

from accounts import audit
from accounts.admin.users import UserAdmin
from accounts.models import AuditEntry, User
from accounts.roles import staff_of
from sessions_app import own_data
from sessions_app.erasing import erase_student
from sessions_app.models import Session

admin.site.unregister(User)


@admin.register(User)
class StudentAdmin(UserAdmin):
    actions_detail = ["export_data", "erase"]

    def has_export_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self.has_change_permission(request, obj)

    def has_erase_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Admins; and nobody himself."""
        staff = staff_of(request)
        return staff.role == User.Role.ADMIN and str(getattr(obj, "pk", obj)) != str(staff.pk)

    @action(description="Export all data", icon="download", permissions=["export"], url_path="export")  # type: ignore[untyped-decorator]
    def export_data(self, request: HttpRequest, object_id: str) -> FileResponse:
        student = self._found(request, object_id)
        audit.record(staff_of(request), AuditEntry.Action.EXPORTED, student, what="all data")
        response = FileResponse(own_data.write(student), as_attachment=True, filename=f"data of {student.email}.zip")
        response["Cache-Control"] = "private, no-store"
        return response

    @action(description="Erase", icon="delete_forever", permissions=["erase"], url_path="erase")  # type: ignore[untyped-decorator]
    def erase(self, request: HttpRequest, object_id: str) -> HttpResponse:
        student = self._found(request, object_id)
        if request.method == "POST":
            name = str(student)
            erase_student(student, by=staff_of(request))
            messages.success(request, f"{name} is erased, with all that was said.")
            return redirect("admin:accounts_user_changelist")
        context = self.admin_site.each_context(request) | {
            "title": f"Erase {student}",
            "opts": self.model._meta,
            "student": student,
            "sessions": Session.objects.filter(student=student).count(),
        }
        return render(request, "admin/erase_student.html", context)

    def _found(self, request: HttpRequest, object_id: str) -> User:
        student = self.get_object(request, object_id)
        if not isinstance(student, User):
            raise Http404
        return student
