from collections.abc import Iterable
from itertools import groupby
from typing import TYPE_CHECKING, Any

from django import forms
from django.db.models import F, Q, QuerySet
from unfold.widgets import (
    UnfoldAdminCheckboxSelectMultipleWidget,
    UnfoldAdminSelectWidget,
    UnfoldAdminTextareaWidget,
)

from gpu_tasks import voices
from sessions_app.infos import avatar_info
from sessions_app.models import Avatar, Tutor

if TYPE_CHECKING:
    _Form = forms.ModelForm[Tutor]
    _Face = forms.ModelChoiceField[Avatar]
    _Faces = forms.ModelMultipleChoiceField[Avatar]
else:
    _Form, _Face, _Faces = forms.ModelForm, forms.ModelChoiceField, forms.ModelMultipleChoiceField

LANGUAGES = {"en": "English", "zh": "Chinese (Mandarin)"}
MOST_QUESTIONS, LONGEST_QUESTION = 8, 200


def usable_faces() -> QuerySet[Avatar]:
    """Drawings, and persons who are prepared and agreed to it."""
    person = Q(prepared_version=F("version"), consent_on__isnull=False) & ~Q(consent_by="")
    return Avatar.objects.filter(Q(kind=Avatar.Kind.ILLUSTRATED) | person)


class LinesField(forms.CharField):
    """A list of texts, each on a line of its own."""

    widget = UnfoldAdminTextareaWidget

    def prepare_value(self, value: Any) -> Any:
        return "\n".join(value) if isinstance(value, list) else value

    def to_python(self, value: Any) -> list[str]:  # type: ignore[override]
        if isinstance(value, list):
            return value
        return [line for each in (value or "").splitlines() if (line := " ".join(each.split()))]

    def validate(self, value: Any) -> None:
        if len(value) > MOST_QUESTIONS:
            raise forms.ValidationError(f"There are {len(value)} lines; {MOST_QUESTIONS} are the most.")
        if any(len(line) > LONGEST_QUESTION for line in value):
            raise forms.ValidationError(f"A line is longer than {LONGEST_QUESTION} characters.")

    def has_changed(self, initial: Any, data: Any) -> bool:
        return self.to_python(initial) != self.to_python(data)


class FaceRadio(forms.RadioSelect):
    """To be chosen by the picture."""

    template_name = "admin/face_choices.html"


class FaceCheckboxes(forms.CheckboxSelectMultiple):
    template_name = "admin/face_choices.html"


class _ByPicture:
    """The label of a choice has the poster with it."""

    def label_from_instance(self, obj: Avatar) -> "Label":
        return Label(obj)


class Label(str):
    poster: str | None

    def __new__(cls, avatar: Avatar) -> "Label":
        label = super().__new__(cls, avatar.name)
        label.poster = avatar_info(avatar).poster_url
        return label


class FaceField(_ByPicture, _Face):
    pass


class FacesField(_ByPicture, _Faces):
    pass


class TutorForm(_Form):
    language = forms.ChoiceField(widget=UnfoldAdminSelectWidget)
    voice = forms.ChoiceField(widget=UnfoldAdminSelectWidget(attrs={"data-voices": "1"}))
    face = FaceField(queryset=Avatar.objects.none(), widget=FaceRadio, required=False, empty_label=None)
    more_faces = FacesField(
        label="Also",
        queryset=Avatar.objects.none(),
        widget=FaceCheckboxes,
        required=False,
        help_text="Other faces that this tutor may show.",
    )
    suggested_questions = LinesField(
        required=False, help_text="Each on a line of its own. Students see them as buttons when they begin."
    )

    visible: QuerySet[Avatar]
    """The faces that whoever fills in the form may choose."""
    must_be_given = False
    """To a class: a teacher's tutor is for his own students."""

    class Meta:
        model = Tutor
        fields = [
            "name", "subject", "language", "description", "persona", "greeting", "suggested_questions", "voice",
            "knowledge_bases", "classes", "is_open", "grounding", "final_answer", "hints_first",
        ]  # fmt: skip
        widgets = {
            "knowledge_bases": UnfoldAdminCheckboxSelectMultipleWidget,
            "classes": UnfoldAdminCheckboxSelectMultipleWidget,
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "voice" not in self.fields:  # shown to who may not change it
            return
        tutor, offered = self.instance, voices.offered()
        spoken = sorted({voice.language for voice in offered.values()} | {tutor.language})
        self.fields["language"].choices = [(code, LANGUAGES.get(code, code)) for code in spoken]  # type: ignore[attr-defined]
        self.fields["voice"].choices = _voice_choices(tutor.voice)  # type: ignore[attr-defined]
        shown = list(tutor.faces()) if tutor.pk else []
        may_be_chosen = Q(pk__in=usable_faces().values("pk")) & Q(pk__in=self.visible.values("pk"))
        faces = Avatar.objects.filter(may_be_chosen | Q(pk__in=[face.pk for face in shown])).order_by("name")
        for name in ("face", "more_faces"):
            self.fields[name].queryset = faces  # type: ignore[attr-defined]
        self.initial.setdefault("face", shown[0].pk if shown else None)
        self.initial.setdefault("more_faces", [face.pk for face in shown[1:]])

    def clean_voice(self) -> str:
        name = str(self.cleaned_data["voice"])
        voice = voices.offered().get(name)
        if voice is None:
            raise forms.ValidationError(f"The voice “{name}” is not there any more. Please choose another one.")
        language = self.cleaned_data.get("language")
        if language and voice.language != language:
            raise forms.ValidationError(
                f"This voice speaks {LANGUAGES.get(voice.language, voice.language)}, the tutor "
                f"{LANGUAGES.get(language, language)}. Please choose one that fits."
            )
        return name

    def clean(self) -> dict[str, Any]:
        super().clean()
        if self.must_be_given and not self.cleaned_data.get("classes"):
            self.add_error("classes", "Please choose at least one of your classes.")
        return self.cleaned_data

    def chosen_faces(self) -> list[Avatar]:
        """The first one first."""
        first = self.cleaned_data.get("face")
        more: Iterable[Avatar] = self.cleaned_data.get("more_faces") or []
        return [*([first] if first else []), *(face for face in more if face != first)]


def _voice_choices(current: str) -> list[Any]:
    offered = sorted(voices.offered().values(), key=lambda voice: voice.language)
    groups: list[Any] = [
        (LANGUAGES.get(language, language), [(voice.name, f"{voice.description} ({voice.name})") for voice in those])
        for language, those in groupby(offered, key=lambda voice: voice.language)
    ]
    if current and current not in voices.offered():
        groups.insert(0, (current, f"{current} (not there any more)"))
    return groups
