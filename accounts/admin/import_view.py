"""The page on which a class gets its students: a file or a few lines, a look at every row, then in earnest."""

import csv
import io
from dataclasses import asdict
from typing import Any

from django import forms
from django.core import signing
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.http import content_disposition_header
from unfold.widgets import UnfoldAdminFileFieldWidget, UnfoldAdminTextareaWidget

from accounts import audit, importing, student_lists
from accounts.importing import FORMULA, Fate, Row
from accounts.models import AuditEntry, SchoolClass
from accounts.roles import OwnRows, staff_of
from accounts.student_lists import BadList, Line

SALT = "accounts.import"
LOOKED_AT_SECONDS = 3600


class ListForm(forms.Form):
    file = forms.FileField(
        label="CSV file",
        required=False,
        widget=UnfoldAdminFileFieldWidget(attrs={"accept": ".csv,.tsv,.txt,text/csv"}),
        help_text="One student a row: e-mail, name, and if you like password, minutes a day, questions a minute, "
        "sessions at once. With or without a line of headings; commas, semicolons or tabs. At most 1 MB.",
    )
    text = forms.CharField(
        label="Or the rows themselves",
        required=False,
        widget=UnfoldAdminTextareaWidget(attrs={"rows": 5, "placeholder": "mei@school.example, Mei Lin"}),
    )

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        upload, text = cleaned.get("file"), cleaned.get("text", "")
        if "file" in self.errors:
            return cleaned
        if upload is None and not text.strip():
            raise forms.ValidationError("Choose a file, or write some rows.")
        try:
            if upload is not None and upload.size > student_lists.MAX_BYTES:  # before it is read into memory
                raise BadList("The file is too large: at most 1 MB.")
            cleaned["list"] = student_lists.read(upload.read() if upload is not None else text.encode())
        except BadList as error:
            self.add_error("file" if upload is not None else "text", str(error))
        return cleaned


def import_students(model_admin: OwnRows, request: HttpRequest, object_id: str) -> HttpResponse:
    school_class = model_admin.get_object(request, object_id)
    if school_class is None or not model_admin.has_change_permission(request, school_class):
        raise Http404
    if request.method == "POST" and "passwords" in request.POST:
        return _passwords(request, school_class)
    form = ListForm(request.POST or None, request.FILES or None)
    page: dict[str, Any] = {"form": form}
    if request.method == "POST" and "rows" in request.POST:
        page = _import(request, school_class)
    elif request.method == "POST" and form.is_valid():
        found = form.cleaned_data["list"]
        rows = importing.preview(school_class, found.lines, staff_of(request))
        page = _shown(rows) | {
            "not_used": found.not_used,
            "signed": _sign(request, school_class, "rows", [[line.number, line.cells] for line in found.lines]),
        }
    context = model_admin.admin_site.each_context(request) | {
        "title": f"Import students into {school_class}",
        "opts": model_admin.model._meta,
        "school_class": school_class,
        **page,
    }
    response = render(request, "admin/import_students.html", context)
    response["Cache-Control"] = "no-store"
    return response


def _import(request: HttpRequest, school_class: SchoolClass) -> dict[str, Any]:
    staff = staff_of(request)
    try:
        lines = [Line(number, cells) for number, cells in _unsign(request, school_class, "rows")]
    except signing.BadSignature:
        return {"form": ListForm(), "expired": True}
    rows = importing.carry_out(school_class, lines, staff)
    numbers = {fate.name.lower(): sum(row.fate == fate for row in rows) for fate in Fate}
    audit.record(staff, AuditEntry.Action.CHANGED, school_class, imported=numbers)
    handed_out = [[row.email, row.name, row.first_password] for row in rows if row.first_password]
    return _shown(rows) | {
        "done": True,
        "signed": _sign(request, school_class, "passwords", handed_out) if handed_out else None,
    }


def _passwords(request: HttpRequest, school_class: SchoolClass) -> HttpResponse:
    """The first passwords as a file, from the page that has just shown them: they are kept nowhere."""
    try:
        rows = _unsign(request, school_class, "passwords")
    except signing.BadSignature as error:
        raise Http404 from error
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(["e-mail", "name", "first password"])
    for row in rows:
        writer.writerow([harmless(cell) for cell in row])
    audit.record(staff_of(request), AuditEntry.Action.EXPORTED, school_class, what="first passwords")
    response = HttpResponse("\ufeff" + out.getvalue(), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = content_disposition_header(True, f"passwords {school_class}.csv")
    response["Cache-Control"] = "no-store"
    return response


def harmless(cell: str) -> str:
    """What a spreadsheet would carry out, as text."""
    return f"'{cell}" if cell.startswith(FORMULA) else cell


def _shown(rows: list[Row]) -> dict[str, Any]:
    counts = [(fate.value, sum(row.fate == fate for row in rows)) for fate in Fate]
    return {
        "rows": [asdict(row) | {"refused": row.fate == Fate.REFUSED} for row in rows],
        "counts": [each for each in counts if each[1]],
        "useful": any(row.fate in (Fate.NEW, Fate.JOINS) for row in rows),
    }


def _sign(request: HttpRequest, school_class: SchoolClass, field: str, content: list[Any]) -> str:
    content = [staff_of(request).pk, school_class.pk, content]
    return signing.dumps(content, salt=f"{SALT}.{field}", compress=True)


def _unsign(request: HttpRequest, school_class: SchoolClass, field: str) -> list[Any]:
    """Raises BadSignature for what was not looked at by the same person for the same class, just now."""
    staff, of_class, content = signing.loads(request.POST[field], salt=f"{SALT}.{field}", max_age=LOOKED_AT_SECONDS)
    if (staff, of_class) != (staff_of(request).pk, school_class.pk):
        raise signing.BadSignature("of somebody else")
    return list(content)
