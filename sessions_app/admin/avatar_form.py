from typing import TYPE_CHECKING, Any, cast

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.utils import timezone
from django.utils.text import slugify
from unfold.widgets import (
    UnfoldAdminColorInputWidget,
    UnfoldAdminFileFieldWidget,
    UnfoldAdminRadioSelectWidget,
    UnfoldAdminSelectWidget,
    UnfoldBooleanSwitchWidget,
)

from gpu_tasks import looks
from gpu_tasks.uploads import MAX_CLIP_BYTES, BadPortrait, kind_of
from sessions_app.models import Avatar

if TYPE_CHECKING:
    _Form = forms.ModelForm[Avatar]
    _Upload = UploadedFile[bytes]
else:
    _Form = forms.ModelForm
    _Upload = UploadedFile

DRAWN, PERSON = "drawn", "person"
PREFIX = "look_"
LOOKS = {f"{PREFIX}{name}": feature for name, feature in looks.offered().items()}
LABELS = {"lines": "Lines of age", "face": "Shape of the face"}
_COLOUR = r"^#[0-9A-Fa-f]{6}\Z"


class AvatarForm(_Form):
    made_of = forms.ChoiceField(
        label="What is shown",
        choices=[(DRAWN, "A drawing: choose its features"), (PERSON, "A person: upload a portrait or a short clip")],
        initial=DRAWN,
        widget=UnfoldAdminRadioSelectWidget,
    )
    picture = forms.FileField(
        label="Portrait or clip",
        required=False,
        help_text="One face, from the front, in good light, with open eyes and closed mouth. JPEG, PNG or WebP up to "
        "20 MB, or an MP4, WebM or MOV clip of up to 10 seconds and 50 MB. A new file takes the place of the old one "
        "when it is prepared.",
        widget=UnfoldAdminFileFieldWidget(attrs={"accept": ".jpg,.jpeg,.png,.webp,.mp4,.webm,.mov"}),
    )

    class Meta:
        model = Avatar
        fields = ["name", "avatar_id", "shows", "consent_by", "consent_on"]
        help_texts = {
            "avatar_id": "What apps call this face by. Left empty, it is made of the name. It cannot be changed later.",
            "shows": "The person in the portrait or clip.",
            "consent_by": "The person shown, or whoever may agree for that person.",
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "avatar_id" in self.fields:
            self.fields["avatar_id"].required = False
        avatar = self.instance
        if avatar.pk:
            self.initial["made_of"] = PERSON if avatar.upload or avatar.kind != Avatar.Kind.ILLUSTRATED else DRAWN
            self.initial.update({f"{PREFIX}{name}": value for name, value in avatar.features.items()})

    def clean_picture(self) -> bytes | None:
        """The file, as far as its first bytes tell. It is decoded by a worker."""
        upload = cast(_Upload | None, self.cleaned_data["picture"])
        if not upload:
            return None
        if (upload.size or 0) > MAX_CLIP_BYTES:  # before it is read into memory
            raise forms.ValidationError(f"The file is larger than {MAX_CLIP_BYTES // 2**20} MB.")
        content: bytes = upload.read()
        try:
            kind_of(content)
        except BadPortrait as error:
            raise forms.ValidationError(str(error)) from error
        return content

    def clean_avatar_id(self) -> str:
        return self.cleaned_data["avatar_id"] or self._free_id()

    def clean_consent_on(self) -> Any:
        day = self.cleaned_data["consent_on"]
        if day and day > timezone.localdate():
            raise forms.ValidationError("This day is still to come.")
        return day

    def clean(self) -> dict[str, Any]:
        super().clean()
        if self.cleaned_data.get("made_of") == PERSON:
            self._check_person()
        return self.cleaned_data

    def _check_person(self) -> None:
        avatar = self.instance
        there = self.cleaned_data.get("picture") or avatar.portrait or avatar.upload
        if not there and "picture" not in self.errors:
            self.add_error("picture", "Please choose a portrait or a clip.")
        for name, words in {
            "shows": "Please say who is seen.",
            "consent_by": "A person's face is used only with consent. Please say who agreed.",
            "consent_on": "Please say on which day.",
        }.items():
            if not self.cleaned_data.get(name) and name not in self.errors:
                self.add_error(name, words)

    def wanted_looks(self) -> dict[str, Any]:
        wanted = {name: self.cleaned_data[name] for name in LOOKS}
        return {
            name.removeprefix(PREFIX): LOOKS[name].default if value == "" else value for name, value in wanted.items()
        }

    def _free_id(self) -> str:
        stem = f"avatar_{slugify(self.cleaned_data.get('name', '')) or 'tutor'}"[:70]
        taken = set(Avatar.objects.filter(avatar_id__startswith=stem).values_list("avatar_id", flat=True))
        return next(name for name in (stem, *(f"{stem}-{n}" for n in range(2, 10_000))) if name not in taken)


def _field_of(feature: looks.Feature) -> forms.Field:
    label = LABELS.get(feature.name, feature.name.replace("_", " ").capitalize())
    if feature.choices:
        choices = [(choice, choice.replace("_", " ")) for choice in feature.choices]
        return forms.ChoiceField(
            label=label, choices=choices, initial=feature.default, widget=UnfoldAdminSelectWidget, required=False
        )
    if isinstance(feature.default, bool):
        return forms.BooleanField(
            label=label, initial=feature.default, required=False, widget=UnfoldBooleanSwitchWidget
        )
    return forms.RegexField(
        _COLOUR,
        label=label,
        initial=feature.default,
        required=False,
        widget=UnfoldAdminColorInputWidget,
        error_messages={"invalid": "A colour is written as #2F7F79."},
    )


# Declared as if they were written above: what there is to choose, the drawing says.
for _name, _feature in LOOKS.items():
    AvatarForm.declared_fields[_name] = AvatarForm.base_fields[_name] = _field_of(_feature)
