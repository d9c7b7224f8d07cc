from datetime import date
from typing import Any, cast

from django.contrib import admin
from django.db.models import Q, QuerySet
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.urls import URLPattern, path
from django.views.decorators.http import require_safe
from unfold.admin import ModelAdmin

from accounts import audit
from accounts.models import AuditEntry, User
from accounts.roles import OwnRows, staff_of
from gpu_tasks import voices
from sessions_app.admin.avatar_form import DRAWN, LOOKS, PREFIX, AvatarForm
from sessions_app.avatars import samples, uploads
from sessions_app.infos import avatar_info
from sessions_app.models import Avatar, Tutor

CONSENT = ("shows", "consent_by", "consent_on")

_NAMES = list(LOOKS)
_PAIRS: list[str | list[str] | tuple[str, ...] | tuple[()]] = [
    tuple(_NAMES[at : at + 2]) for at in range(0, len(_NAMES), 2)
]


@admin.register(Avatar)
class AvatarAdmin(OwnRows, ModelAdmin):
    form = AvatarForm
    list_display = ["name", "avatar_id", "kind", "state"]
    list_filter = ["kind"]
    search_fields = ["name", "avatar_id", "shows"]
    change_form_outer_before_template = "admin/avatar_face.html"
    fieldsets = [
        (None, {"fields": ["name", "avatar_id", "made_of"]}),
        ("Looks", {"fields": _PAIRS, "classes": ["avatar-drawn"]}),
        ("Person", {"fields": ["picture", *CONSENT], "classes": ["avatar-person"]}),
    ]

    def rows_of(self, teacher: User, rows: QuerySet[Avatar]) -> QuerySet[Avatar]:
        shown = Tutor.objects.seen_by(teacher).values("avatars")
        return rows.filter(Q(pk__in=shown) | Q(added_by=teacher))

    def changed_by(self, teacher: User, rows: QuerySet[Avatar]) -> QuerySet[Avatar]:
        return rows.filter(added_by=teacher)

    def get_readonly_fields(self, request: HttpRequest, obj: Avatar | None = None) -> list[str]:
        return ["avatar_id"] if obj else []

    @admin.display(description="state")
    def state(self, avatar: Avatar) -> str:
        return state_of(avatar)

    # Saving

    def save_model(self, request: HttpRequest, obj: Avatar, form: AvatarForm, change: bool) -> None:
        if not change:
            obj.added_by = staff_of(request)
        if form.cleaned_data["made_of"] == DRAWN:
            _draw(obj, form.wanted_looks())
        elif not change:
            obj.kind = Avatar.Kind.PHOTO
        obj.save()
        if form.cleaned_data["made_of"] != DRAWN and form.cleaned_data["picture"]:
            uploads.take_in(obj, form.cleaned_data["picture"])
        consent = {name: getattr(obj, name) for name in CONSENT if name in form.changed_data}
        if consent:
            written = {name: value.isoformat() if isinstance(value, date) else value for name, value in consent.items()}
            audit.record(staff_of(request), AuditEntry.Action.CHANGED, obj, consent=written)

    def get_deleted_objects(
        self, objs: Any, request: HttpRequest
    ) -> tuple[list[Any], dict[str, int], set[str], list[Any]]:
        gone, counts, lacking, held = super().get_deleted_objects(objs, request)
        shown_by = Tutor.objects.filter(avatars__in=objs, tried_by=None).distinct()
        return gone, counts, lacking, [*held, *(f"The tutor {tutor} shows this face." for tutor in shown_by)]

    # What the page asks for while it is open

    def get_urls(self) -> list[URLPattern]:
        def staff(view: Any) -> Any:
            return self.admin_site.admin_view(require_safe(view))

        mine = [
            path("still", staff(self.still), name="avatar_still"),
            path("<int:avatar_pk>/state", staff(self.state_view), name="avatar_state"),
            path("<int:avatar_pk>/speaks", staff(self.speaks), name="avatar_speaks"),
        ]
        return mine + super().get_urls()

    def changeform_view(
        self,
        request: HttpRequest,
        object_id: str | None = None,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> Any:
        return super().changeform_view(
            request, object_id, form_url, {**(extra_context or {}), "voices": voices.offered().values()}
        )

    def still(self, request: HttpRequest) -> HttpResponse:
        """The drawing as the form describes it: a picture, or why there is none."""
        if not (self.has_add_permission(request) or self.has_change_permission(request)):
            raise Http404
        picture, problem = samples.still_of(_looks_of(request))
        if not picture:
            return HttpResponse(problem, status=503, content_type="text/plain; charset=utf-8")
        return HttpResponse(picture, content_type="image/jpeg", headers={"Cache-Control": "private, max-age=3600"})

    def state_view(self, request: HttpRequest, avatar_pk: int) -> JsonResponse:
        avatar = self._visible(request, avatar_pk)
        info = avatar_info(avatar)
        return JsonResponse(
            {
                "words": state_of(avatar),
                "busy": bool(avatar.upload) or (not avatar.prepared and avatar.kind == Avatar.Kind.ILLUSTRATED),
                "progress": avatar.progress if avatar.upload else None,
                "refusal": avatar.refusal,
                "poster": info.poster_url,
                "idle": info.idle_url,
            }
        )

    def speaks(self, request: HttpRequest, avatar_pk: int) -> JsonResponse:
        return JsonResponse(samples.of_face(self._visible(request, avatar_pk), request.GET.get("voice", "")))

    def _visible(self, request: HttpRequest, avatar_pk: int) -> Avatar:
        avatar = self.get_object(request, str(avatar_pk))
        if avatar is None or not self.has_view_permission(request, avatar):
            raise Http404
        return cast(Avatar, avatar)


def state_of(avatar: Avatar) -> str:
    if avatar.upload:
        return f"Is being prepared: {avatar.progress} %" if avatar.progress else "Waits to be prepared"
    if avatar.refusal:
        return "Ready; the newer file was refused" if avatar.prepared else "Cannot be used"
    if not avatar.prepared:
        return "Waits to be prepared"
    if avatar.kind == Avatar.Kind.CLIP and not avatar.clip:
        return "Ready; moved by the best picture of the clip, for its mouth is never still"
    return "Ready"


def _draw(avatar: Avatar, wanted: dict[str, Any]) -> None:
    plain = {name.removeprefix(PREFIX): feature.default for name, feature in LOOKS.items()}
    if avatar.pk is None or avatar.kind != Avatar.Kind.ILLUSTRATED or plain | avatar.features != wanted:
        uploads.drop(avatar)
        avatar.kind, avatar.features, avatar.refusal = Avatar.Kind.ILLUSTRATED, wanted, ""
        avatar.version = avatar.next_version()


def _looks_of(request: HttpRequest) -> dict[str, Any]:
    """As the form sends them: of a switch that is off, nothing."""
    wanted: dict[str, Any] = {}
    for name, feature in LOOKS.items():
        value = request.GET.get(name)
        if isinstance(feature.default, bool):
            wanted[name.removeprefix(PREFIX)] = value is not None
        elif value:
            wanted[name.removeprefix(PREFIX)] = value
    return wanted
