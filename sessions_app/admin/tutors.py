from typing import Any

from django.contrib import admin
from django.db.models import Model, QuerySet
from django.forms.formsets import all_valid
from django.http import Http404, HttpRequest, JsonResponse
from django.urls import URLPattern, path
from django.views.decorators.http import require_POST, require_safe
from unfold.admin import ModelAdmin

from accounts.models import User
from accounts.roles import OwnRows, staff_of
from sessions_app import handover, trying
from sessions_app.admin.policy import ExerciseInline, TopicInline
from sessions_app.admin.tutor_form import TutorForm
from sessions_app.avatars import samples
from sessions_app.models import Avatar, Tutor
from sessions_app.models.tutors import TutorAvatar


@admin.register(Tutor)
class TutorAdmin(OwnRows, ModelAdmin):
    form = TutorForm
    list_display = ["name", "subject", "language", "voice", "is_open"]
    list_filter = ["subject", "language", "is_open"]
    search_fields = ["name", "subject"]
    change_form_outer_before_template = "admin/tutor_try.html"
    inlines = [TopicInline, ExerciseInline]
    fieldsets = [
        ("Who", {"fields": ["name", "subject", "language", "description", "persona"], "classes": ["tab"]}),
        ("Voice and face", {"fields": ["voice", "face", "more_faces"], "classes": ["tab"]}),
        ("Lesson", {"fields": ["knowledge_bases", "greeting", "suggested_questions"], "classes": ["tab"]}),
        ("Teaching", {"fields": ["grounding", "final_answer", "hints_first"], "classes": ["tab"]}),
        ("Open to", {"fields": ["is_open", "classes"], "classes": ["tab"]}),
    ]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Tutor]:
        tutors: QuerySet[Tutor] = super().get_queryset(request).filter(tried_by=None)
        return tutors

    def rows_of(self, teacher: User, rows: QuerySet[Tutor]) -> QuerySet[Tutor]:
        return rows.filter(pk__in=Tutor.objects.seen_by(teacher).values("pk"))

    def changed_by(self, teacher: User, rows: QuerySet[Tutor]) -> QuerySet[Tutor]:
        own = Tutor.objects.filter(classes__in=teacher.classes_taught.values("pk"))
        return rows.filter(pk__in=own.values("pk"))

    def get_form(self, request: HttpRequest, obj: Tutor | None = None, change: bool = False, **kwargs: Any) -> Any:
        form = super().get_form(request, obj, change, **kwargs)
        visible = self.admin_site._registry[Avatar].get_queryset(request)
        must_be_given = staff_of(request).role != User.Role.ADMIN
        return type("TutorForm", (form,), {"visible": visible, "must_be_given": must_be_given})

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        super().save_related(request, form, formsets, change)
        faces = form.chosen_faces()
        TutorAvatar.objects.filter(tutor=form.instance).exclude(avatar__in=faces).delete()
        for position, face in enumerate(faces):
            TutorAvatar.objects.update_or_create(tutor=form.instance, avatar=face, defaults={"position": position})

    # What the page asks for while it is open

    def get_urls(self) -> list[URLPattern]:
        site = self.admin_site
        mine = [
            path("voice", site.admin_view(require_safe(self.voice)), name="tutor_voice"),
            path("try", site.admin_view(require_POST(self.try_it)), name="tutor_try_new"),
            path("<int:tutor_pk>/try", site.admin_view(require_POST(self.try_it)), name="tutor_try"),
        ]
        return mine + super().get_urls()

    def voice(self, request: HttpRequest) -> JsonResponse:
        if not self.has_view_permission(request):
            raise Http404
        return JsonResponse(samples.of_voice(request.GET.get("voice", "")))

    def try_it(self, request: HttpRequest, tutor_pk: int | None = None) -> JsonResponse:
        """The form as it is, checked as if it were saved, becomes a tutor whom only its sender meets."""
        tutor = self.get_object(request, str(tutor_pk)) if tutor_pk else None
        change = tutor is not None
        if tutor_pk and not change:
            raise Http404
        if not (self.has_change_permission(request, tutor) if change else self.has_add_permission(request)):
            raise Http404
        form = self.get_form(request, tutor, change=change)(request.POST, request.FILES, instance=tutor)
        form_is_valid = form.is_valid()
        formsets, _ = self._create_formsets(request, form.instance, change=change)
        if not all_valid(formsets) or not form_is_valid:
            return JsonResponse(
                {"errors": _errors([form, *(each for set_ in formsets for each in set_.forms)])}, status=422
            )
        wanted, rows = form.save(commit=False), [row for formset in formsets for row in _rows_of(formset)]
        staff = staff_of(request)
        session = trying.begin(staff, wanted, form.chosen_faces(), form.cleaned_data["knowledge_bases"], rows)
        return JsonResponse({"url": f"/handover#{handover.issue(staff)}.{session.id}"})


def _rows_of(formset: Any) -> list[Model]:
    kept = [form for form in formset.forms if form not in formset.deleted_forms]
    return [form.instance for form in kept if form.has_changed() or form.instance.pk]


def _errors(forms: list[Any]) -> list[dict[str, str]]:
    return [
        {"field": _label(form, name), "words": " ".join(words)} for form in forms for name, words in form.errors.items()
    ]


def _label(form: Any, name: str) -> str:
    return str(form.fields[name].label or name).capitalize() if name in form.fields else ""
