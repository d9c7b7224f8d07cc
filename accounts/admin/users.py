from typing import TYPE_CHECKING, Any

from django.contrib import admin
from django.contrib.auth.admin import UserAdmin as DjangoUserAdmin
from django.db.models import Q, QuerySet
from django.http import HttpRequest
from unfold.admin import ModelAdmin
from unfold.forms import AdminPasswordChangeForm, UserChangeForm, UserCreationForm

from accounts import second_factor
from accounts.models import User
from accounts.roles import OwnRelated, OwnRows, staff_of

if TYPE_CHECKING:
    _UserAdmin = DjangoUserAdmin[User]
else:
    _UserAdmin = DjangoUserAdmin

LIMITS: tuple[str, Any] = (
    "Limits (empty: the class's, then the school's; 0: none)",
    {"fields": ["minutes_a_day", "turns_a_minute", "sessions_at_once"]},
)


class HandedOutPasswordForm(AdminPasswordChangeForm):
    """The staff's, for somebody who has forgotten his."""

    def save(self, commit: bool = True) -> User:
        self.user.has_first_password = self.user.role == User.Role.STUDENT
        user: User = super().save(commit)
        return user


@admin.register(User)
class UserAdmin(OwnRows, _UserAdmin, ModelAdmin):
    """Admins see all accounts; teachers their students, and of them what a teacher may change."""

    form = UserChangeForm
    add_form = UserCreationForm
    change_password_form = HandedOutPasswordForm
    list_display = ["email", "name", "role", "in_classes", "is_active", "last_login"]
    list_filter = ["role", "is_active", "classes"]
    search_fields = ["email", "name"]
    ordering = ["email"]
    filter_horizontal = ()
    fieldsets = [
        (None, {"fields": ["email", "name", "password"]}),
        ("Rights", {"fields": ["role", "is_active"]}),
        LIMITS,
        ("School", {"fields": ["in_classes", "last_login", "date_joined"]}),
    ]
    add_fieldsets = [(None, {"fields": ["email", "name", "role", "password1", "password2"]})]

    actions = ["forget_second_factor"]

    @admin.action(description="Take the second factor away", permissions=["everything"])
    def forget_second_factor(self, request: HttpRequest, users: QuerySet[User]) -> None:
        """For who has lost the phone and the recovery codes."""
        for user in users:
            second_factor.turn_off(user, by=staff_of(request))
        self.message_user(request, "The second factor is taken away. It can be set up anew after the next login.")

    def has_everything_permission(self, request: HttpRequest) -> bool:
        return staff_of(request).role == User.Role.ADMIN

    def rows_of(self, teacher: User, rows: QuerySet[User]) -> QuerySet[User]:
        # By key: a join would show a student of two classes twice.
        students = User.objects.taught_by(teacher).filter(role=User.Role.STUDENT)
        return rows.filter(Q(pk__in=students.values("pk")) | Q(pk=teacher.pk))

    def changed_by(self, teacher: User, rows: QuerySet[User]) -> QuerySet[User]:
        return rows.filter(role=User.Role.STUDENT)

    def get_queryset(self, request: HttpRequest) -> QuerySet[User]:
        return super().get_queryset(request).prefetch_related("classes", "classes_taught")

    def save_model(self, request: HttpRequest, obj: User, form: Any, change: bool) -> None:
        if not change:
            obj.has_first_password = obj.role == User.Role.STUDENT
        super().save_model(request, obj, form, change)

    def get_readonly_fields(self, request: HttpRequest, obj: User | None = None) -> list[str]:
        fields = ["last_login", "date_joined", "in_classes"]
        # Nobody takes his own rights away, or gives himself others.
        if obj is not None and (obj == request.user or staff_of(request).role != User.Role.ADMIN):
            fields += ["role"] if obj != request.user else ["role", "is_active"]
        return fields

    def get_list_filter(self, request: HttpRequest) -> list[Any]:
        mine = ["is_active", ("classes", OwnRelated)]
        return ["role", *mine] if staff_of(request).role == User.Role.ADMIN else mine

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False  # a row is not all there is of somebody: he is erased

    @admin.display(description="classes")
    def in_classes(self, user: User) -> str:
        return ", ".join(str(each) for each in [*user.classes.all(), *user.classes_taught.all()]) or "none"
