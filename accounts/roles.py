"""Who of the staff may do what. The role decides; no permission is given by hand.

ADMIN ("staff") may everything. A TEACHER may what stands in TEACHERS_MAY, with the rows that are his: which those
are, each page of the admin says (`OwnRows.rows_of`). A STUDENT does not get in.
"""

from typing import TYPE_CHECKING, Any, cast

from django.contrib import admin
from django.contrib.admin.utils import unquote
from django.contrib.auth.backends import ModelBackend
from django.core.exceptions import PermissionDenied
from django.db.models import Model, QuerySet
from django.db.models.fields.related import RelatedField
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.http import urlencode

from accounts import audit, guessing
from accounts.addresses import client_address
from accounts.models import AuditEntry, User

if TYPE_CHECKING:
    _ModelAdmin = admin.ModelAdmin[Any]
    _Filter = admin.RelatedFieldListFilter
else:
    _ModelAdmin = object
    _Filter = admin.RelatedFieldListFilter

EVERYTHING = frozenset({"view", "add", "change", "delete"})
VIEW = frozenset({"view"})
TEACHERS_MAY: dict[str, frozenset[str]] = {
    "accounts.schoolclass": VIEW | {"change"},
    "accounts.user": VIEW | {"change"},
    "sessions_app.avatar": EVERYTHING,
    "sessions_app.check": VIEW,
    "sessions_app.chunk": VIEW,
    "sessions_app.document": EVERYTHING,
    "sessions_app.exercise": EVERYTHING,
    "sessions_app.flag": VIEW | {"change"},
    "sessions_app.knowledgebase": EVERYTHING,
    "sessions_app.mastery": VIEW,
    "sessions_app.segment": VIEW,
    "sessions_app.session": VIEW,
    "sessions_app.skill": EVERYTHING,
    "sessions_app.summary": VIEW,
    "sessions_app.topic": EVERYTHING,
    "sessions_app.turn": VIEW,
    "sessions_app.tutor": EVERYTHING,
    "sessions_app.tutoravatar": EVERYTHING,
}


def teacher_may(permission: str) -> bool:
    """`permission` as Django names it: "sessions_app.view_turn"."""
    app, _, name = permission.partition(".")
    action, _, model = name.partition("_")
    return action in TEACHERS_MAY.get(f"{app}.{model}", ())


class RoleBackend(ModelBackend):
    """Logs in by password; of rights knows the role alone. Admins are superusers, who are not asked about."""

    def authenticate(
        self, request: HttpRequest | None, username: str | None = None, password: str | None = None, **kwargs: Any
    ) -> User | None:
        """Raises guessing.TooManyGuesses, guessing.CannotCount."""
        account = (username or kwargs.get(User.USERNAME_FIELD) or "").lower()
        address = client_address(request) if request else "here"
        guessing.attempt(account, address)
        user = super().authenticate(request, username=account, password=password)
        if user is not None:
            guessing.succeeded(account, address)
        return user

    def has_perm(self, user_obj: Any, perm: str, obj: Model | None = None) -> bool:
        return _teaches(user_obj) and teacher_may(perm)

    def has_module_perms(self, user_obj: Any, app_label: str) -> bool:
        return _teaches(user_obj) and any(name.startswith(f"{app_label}.") for name in TEACHERS_MAY)

    def get_all_permissions(self, user_obj: Any, obj: Model | None = None) -> set[str]:
        if not _teaches(user_obj):
            return set()
        return {
            f"{app}.{action}_{model}"
            for (app, model), actions in ((name.split("."), actions) for name, actions in TEACHERS_MAY.items())
            for action in actions
        }


def _teaches(user: Any) -> bool:
    return isinstance(user, User) and user.is_active and user.role == User.Role.TEACHER


def staff_of(request: HttpRequest) -> User:
    return cast(User, request.user)


class OwnRows(_ModelAdmin):
    """Of a ModelAdmin: teachers find their own rows here, and what is opened or changed is kept in the audit log."""

    def rows_of(self, teacher: User, rows: QuerySet[Any]) -> QuerySet[Any]:
        """What a teacher sees of these."""
        return rows.none()

    def changed_by(self, teacher: User, rows: QuerySet[Any]) -> QuerySet[Any]:
        """What a teacher may change or delete of what he sees."""
        return rows

    # Which rows

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        rows: QuerySet[Any] = super().get_queryset(request)
        staff = staff_of(request)
        return rows if staff.role == User.Role.ADMIN else self.rows_of(staff, rows)

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return bool(super().has_view_permission(request, obj)) and self._sees(request, obj)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return bool(super().has_change_permission(request, obj)) and self._changes(request, obj)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return bool(super().has_delete_permission(request, obj)) and self._changes(request, obj)

    def _get_obj_does_not_exist_redirect(self, request: HttpRequest, opts: Any, object_id: str) -> HttpResponse:
        raise Http404  # for what is another's as for what is not there

    def _sees(self, request: HttpRequest, obj: Any) -> bool:
        return self._all(request, obj) or self.get_queryset(request).filter(pk=_key(obj)).exists()

    def _changes(self, request: HttpRequest, obj: Any) -> bool:
        if self._all(request, obj):
            return True
        rows = self.changed_by(staff_of(request), self.get_queryset(request))
        return rows.filter(pk=_key(obj)).exists()

    def _all(self, request: HttpRequest, obj: Any) -> bool:
        return obj is None or staff_of(request).role == User.Role.ADMIN

    # Which rows of others can be chosen

    def get_field_queryset(
        self, db: str | None, db_field: "RelatedField[Any, Any]", request: HttpRequest
    ) -> QuerySet[Any] | None:
        related = self.admin_site._registry.get(db_field.remote_field.model)
        if isinstance(related, OwnRows):
            return related.get_queryset(request)
        return super().get_field_queryset(db, db_field, request)

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        """What the form could not show (a class of another teacher) is not taken away by saving it."""
        kept: list[tuple[Any, list[Any]]] = []
        for field in form._meta.model._meta.many_to_many if change else ():
            if field.name in form.fields:
                manager, shown = getattr(form.instance, field.name), form.fields[field.name].queryset
                kept.append((manager, list(manager.exclude(pk__in=shown.values("pk")))))
        super().save_related(request, form, formsets, change)
        for manager, rows in kept:
            manager.add(*rows)

    # What is kept of it

    def render_change_form(
        self,
        request: HttpRequest,
        context: Any,
        add: bool = False,
        change: bool = False,
        form_url: str = "",
        obj: Any = None,
    ) -> HttpResponse:
        if obj is not None and request.method == "GET":
            audit.record(staff_of(request), AuditEntry.Action.OPENED, obj)
        return super().render_change_form(request, context, add, change, form_url, obj)

    def history_view(self, request: HttpRequest, object_id: str, extra_context: Any = None) -> HttpResponse:
        """Stands in the audit log, for admins."""
        obj = self.get_object(request, unquote(object_id))
        if obj is None:
            raise Http404
        if staff_of(request).role != User.Role.ADMIN:
            raise PermissionDenied
        which = urlencode({"kind": obj._meta.verbose_name, "object_id": obj.pk})
        return redirect(f"{reverse('admin:accounts_auditentry_changelist')}?{which}")

    def log_addition(self, request: HttpRequest, obj: Any, message: Any) -> None:  # type: ignore[override]
        audit.record(staff_of(request), AuditEntry.Action.ADDED, obj)

    def log_change(self, request: HttpRequest, obj: Any, message: Any) -> None:  # type: ignore[override]
        audit.record(staff_of(request), AuditEntry.Action.CHANGED, obj, changed=message)

    def log_deletions(self, request: HttpRequest, queryset: Any) -> None:  # type: ignore[override]
        for obj in queryset:
            audit.record(staff_of(request), AuditEntry.Action.DELETED, obj)


class OwnRelated(_Filter):
    """A filter of a list by a related row, which offers those that the staff may see."""

    def field_choices(self, field: Any, request: HttpRequest, model_admin: Any) -> Any:
        related = model_admin.admin_site._registry.get(field.remote_field.model)
        if not isinstance(related, OwnRows):
            return super().field_choices(field, request, model_admin)
        return [(str(row.pk), str(row)) for row in related.get_queryset(request)]


def _key(obj: Any) -> Any:
    """Unfold asks with the key of a row, Django with the row."""
    return obj.pk if isinstance(obj, Model) else obj
