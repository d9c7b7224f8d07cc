import json
import uuid
from typing import TYPE_CHECKING, Any, cast

from django import forms
from django.contrib import admin
from django.core.files.uploadedfile import UploadedFile
from django.db.models import Q, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import URLPattern, path
from unfold.admin import ModelAdmin, TabularInline

from accounts.models import User
from accounts.roles import OwnRows, staff_of
from gpu_tasks.connections import redis_client
from sessions_app.ingestion import documents, files
from sessions_app.models import Document, KnowledgeBase, Tutor
from sessions_app.tasks import try_search

if TYPE_CHECKING:
    _ModelForm = forms.ModelForm[KnowledgeBase]
    _Upload = UploadedFile[bytes]
else:
    _ModelForm = forms.ModelForm
    _Upload = UploadedFile

SEARCH_SECONDS = 8
SUFFIXES = ",".join(files.SUFFIXES)


class FilesInput(forms.ClearableFileInput):
    allow_multiple_selected = True


class FilesField(forms.FileField):
    """Several at once; each is checked, and each that is refused is named."""

    widget = FilesInput

    def clean(self, data: Any, initial: Any = None) -> list[_Upload]:
        uploads: list[_Upload] = [super(FilesField, self).clean(each, initial) for each in data or []]
        refused = []
        for upload in uploads:
            try:
                if (upload.size or 0) > files.MAX_BYTES:  # before it is read into memory
                    raise files.BadDocument(files.TOO_LARGE)
                files.kind_of(upload.name or "", upload.read())
            except files.BadDocument as error:
                refused.append(f"{upload.name}: {error}")
            upload.seek(0)
        if refused:
            raise forms.ValidationError(refused)
        return uploads


class KnowledgeBaseForm(_ModelForm):
    uploads = FilesField(
        label="Add documents",
        required=False,
        help_text="PDF, Word (.docx), PowerPoint (.pptx), Markdown, HTML or text; several at once. "
        "A file with the name of one that is there takes its place.",
        widget=FilesInput(attrs={"accept": SUFFIXES}),
    )

    class Meta:
        model = KnowledgeBase
        fields = ["name", "slug"]


class DocumentInline(TabularInline):
    model = Document
    fields = ["title", "progress", "unread"]
    readonly_fields = ["title", "progress", "unread"]
    hide_title = True
    extra = 0

    def has_add_permission(self, request: HttpRequest, obj: object = None) -> bool:
        return False

    @admin.display(description="state")
    def progress(self, document: Document) -> str:
        return progress_of(document)

    @admin.display(description="not read")
    def unread(self, document: Document) -> str:
        return unread_of(document)


@admin.register(KnowledgeBase)
class KnowledgeBaseAdmin(OwnRows, ModelAdmin):
    form = KnowledgeBaseForm
    fields = ["name", "slug", "uploads"]
    prepopulated_fields = {"slug": ["name"]}
    list_display = ["name", "slug", "number_of_documents"]
    search_fields = ["name", "slug", "documents__title"]
    inlines = [DocumentInline]
    change_form_outer_after_template = "admin/knowledge_base_search.html"

    def rows_of(self, teacher: User, rows: QuerySet[KnowledgeBase]) -> QuerySet[KnowledgeBase]:
        relied_on = Tutor.objects.seen_by(teacher).values("knowledge_bases")
        return rows.filter(Q(pk__in=relied_on) | Q(added_by=teacher))

    def changed_by(self, teacher: User, rows: QuerySet[KnowledgeBase]) -> QuerySet[KnowledgeBase]:
        """Not what tutors of others rely on."""
        own = Tutor.objects.filter(classes__in=teacher.classes_taught.values("pk"))
        others = Tutor.objects.filter(tried_by=None).exclude(pk__in=own.values("pk"))
        mine = Q(pk__in=own.values("knowledge_bases")) | Q(added_by=teacher)
        return rows.filter(mine).exclude(tutors__in=others.values("pk"))

    @admin.display(description="documents")
    def number_of_documents(self, base: KnowledgeBase) -> int:
        return base.documents.count()

    def save_model(self, request: HttpRequest, obj: KnowledgeBase, form: Any, change: bool) -> None:
        if not change:
            obj.added_by = staff_of(request)
        super().save_model(request, obj, form, change)
        for upload in form.cleaned_data["uploads"]:
            documents.take_in(obj, upload.name, upload.read())

    def get_urls(self) -> list[URLPattern]:
        mine = [
            path("<int:base_id>/search", self.admin_site.admin_view(self.search), name="knowledge_base_search"),
            path("<int:base_id>/progress", self.admin_site.admin_view(self.progress), name="knowledge_base_progress"),
        ]
        return mine + super().get_urls()

    def search(self, request: HttpRequest, base_id: int) -> HttpResponse:
        """What a student's question would find: a piece of the page."""
        base = self._may_see(request, base_id)
        text = request.GET.get("q", "").strip()[:500]
        found = _found(base.id, text) if text else []
        return render(request, "admin/knowledge_base_found.html", {"found": found, "asked": bool(text)})

    def progress(self, request: HttpRequest, base_id: int) -> HttpResponse:
        """How far each document is, for the page to show while they are read."""
        rows = self._may_see(request, base_id).documents.all()
        state = {str(row.id): {"progress": progress_of(row), "unread": unread_of(row)} for row in rows}
        busy = any(row.status in (Document.Status.WAITING, Document.Status.READING) for row in rows)
        return HttpResponse(json.dumps({"busy": busy, "documents": state}), content_type="application/json")

    def _may_see(self, request: HttpRequest, base_id: int) -> KnowledgeBase:
        base = self.get_object(request, str(base_id))
        if base is None or not self.has_view_permission(request, base):
            raise Http404
        return cast(KnowledgeBase, base)


def progress_of(document: Document) -> str:
    match document.status:
        case Document.Status.WAITING:
            return "waits to be read"
        case Document.Status.READING:
            return f"is being read: page {document.pages_read} of {document.pages or '?'}"
        case Document.Status.READY:
            return f"ready, {document.pages} pages" if document.pages else "ready"
        case _:
            return "could not be read"


def unread_of(document: Document) -> str:
    return " ".join(
        f"Page {each['page']}: {each['problem']}" if each["page"] else each["problem"] for each in document.problems
    )


def _found(base_id: int, text: str) -> list[dict[str, Any]] | None:
    """None when no worker answers."""
    answer_to = f"search:{uuid.uuid4().hex}"
    try_search.apply_async((base_id, text, answer_to))
    answer = redis_client().blpop([answer_to], timeout=SEARCH_SECONDS)
    return cast(list[dict[str, Any]], json.loads(cast(tuple[bytes, bytes], answer)[1])) if answer else None
