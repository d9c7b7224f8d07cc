from collections import defaultdict
from collections.abc import AsyncIterator, Iterator
from functools import partial
from typing import Any, cast

from asgiref.sync import sync_to_async
from django.contrib import admin, messages
from django.contrib.admin.utils import unquote
from django.core.exceptions import PermissionDenied
from django.db.models import Count, Q, QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotAllowed, StreamingHttpResponse
from django.template.response import TemplateResponse
from django.urls import URLPattern, path
from django.utils import timezone
from django.utils.http import content_disposition_header
from unfold.admin import ModelAdmin
from unfold.views import ChangeList

from accounts import audit
from accounts.models import AuditEntry, User
from accounts.roles import OwnRows, staff_of
from sessions_app import bulk_export, finding
from sessions_app.admin import transcript
from sessions_app.admin.paging import CappedPaginator
from sessions_app.admin.session_filters import ClassFilter, DaysFilter, NotedFilter, StudentFilter, TutorFilter
from sessions_app.lifecycle import erase_session
from sessions_app.models import Flag, Session, Turn
from sessions_app.models.sessions import SessionQuerySet


class ReadOnly:
    """What was said is looked at, never edited."""

    def has_add_permission(self, request: HttpRequest, obj: object = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: object = None) -> bool:
        return False


class SessionList(ChangeList):
    """Counts the turns of the sessions that are shown, and of no others."""

    def get_results(self, request: HttpRequest) -> None:
        super().get_results(request)
        shown = [session.id for session in self.result_list]
        turns = Turn.objects.filter(session__in=shown).order_by().values("session")
        failed, degraded = Q(status=Turn.Status.FAILED), ~Q(degraded_reason="")
        counts = turns.annotate(
            all=Count("id"), failed=Count("id", filter=failed), degraded=Count("id", filter=degraded)
        )
        by_session: dict[str, dict[str, int]] = defaultdict(dict)
        for session_id, *numbers in counts.values_list("session", "all", "failed", "degraded"):
            by_session[session_id] = dict(zip(("all", "failed", "degraded"), numbers, strict=True))
        alerts = Flag.objects.filter(turn__session__in=shown).order_by().values_list("turn__session")
        for session_id, number in alerts.annotate(Count("id")):
            by_session[session_id]["alerts"] = number
        for session in self.result_list:
            session.counts = by_session[session.id]


@admin.register(Session)
class SessionAdmin(ReadOnly, OwnRows, ModelAdmin):
    list_display = ["student", "tutor", "about", "turns", "noted", "status", "last_activity"]
    list_display_links = ["student", "about"]
    list_filter = [
        ClassFilter,
        ("student", StudentFilter),
        ("tutor", TutorFilter),
        "status",
        NotedFilter,
        ("last_activity", DaysFilter),
    ]
    list_filter_submit = True
    list_per_page = 50
    list_max_show_all = 0
    list_select_related = ["student", "tutor"]
    ordering = ["-last_activity"]
    sortable_by = ["last_activity"]
    paginator = CappedPaginator
    show_full_result_count = False
    show_facets = admin.ShowFacets.NEVER
    search_fields = ["title"]  # shows the box; `finding` searches
    search_help_text = "Words that were said, a title, a student"
    actions = ["export_csv", "export_json", "export_webvtt"]

    # Whose

    def rows_of(self, teacher: User, rows: QuerySet[Session]) -> QuerySet[Session]:
        return cast(SessionQuerySet, rows).seen_by(teacher)

    # The list

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type[ChangeList]:
        return SessionList

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Session], search_term: str
    ) -> tuple[QuerySet[Session], bool]:
        if not search_term.strip():
            return queryset, False
        found = finding.find(queryset, search_term)
        if not found.all_of_them:
            messages.info(request, "Very much was found. These are the newest; another word finds fewer.")
        return found.sessions, False

    @admin.display(description="about")
    def about(self, session: Session) -> str:
        return session.title or "–"

    @admin.display(description="turns")
    def turns(self, session: Any) -> int:
        return int(session.counts.get("all", 0))

    @admin.display(description="what happened")
    def noted(self, session: Any) -> list[str]:
        counts = session.counts
        alerts = [f"{number} alert{'s' * (number > 1)}"] if (number := counts.get("alerts")) else []
        return alerts + [f"{number} {name}" for name in ("failed", "degraded") if (number := counts.get(name))]

    noted.label = True  # type: ignore[attr-defined]  # as unfold's own `display`, which has no types, sets it

    # One session

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        if request.method not in ("GET", "HEAD"):
            return HttpResponseNotAllowed(["GET", "HEAD"])
        session = cast(Session | None, self.get_object(request, unquote(object_id)))
        if session is None:
            return self._get_obj_does_not_exist_redirect(request, self.opts, object_id)
        if not self.has_view_permission(request, session):
            raise PermissionDenied
        audit.record(staff_of(request), AuditEntry.Action.OPENED, session)
        context = {
            **self.admin_site.each_context(request),
            **transcript.page(session, request.GET),
            "title": str(session),
            "subtitle": None,
            "opts": self.opts,
            "original": session,
            "has_delete_permission": self.has_delete_permission(request, session),
        }
        return TemplateResponse(request, "admin/session.html", context)

    # Taken out

    def get_urls(self) -> list[URLPattern]:
        export = self.admin_site.admin_view(self.export_one)
        mine = [path("<str:session_id>/export/<str:form>", export, name="session_export")]
        return mine + super().get_urls()

    def export_one(self, request: HttpRequest, session_id: str, form: str) -> HttpResponse | StreamingHttpResponse:
        session = self.get_object(request, session_id)
        if session is None or form not in bulk_export.FORMATS or not self.has_view_permission(request, session):
            raise Http404
        return self._export(request, self.get_queryset(request).filter(pk=session.pk), form)

    @admin.action(description="Export as CSV", permissions=["view"])
    def export_csv(self, request: HttpRequest, sessions: QuerySet[Session]) -> StreamingHttpResponse | None:
        return self._export_some(request, sessions, "csv")

    @admin.action(description="Export as JSON", permissions=["view"])
    def export_json(self, request: HttpRequest, sessions: QuerySet[Session]) -> StreamingHttpResponse | None:
        return self._export_some(request, sessions, "json")

    @admin.action(description="Export as WebVTT captions (ZIP)", permissions=["view"])
    def export_webvtt(self, request: HttpRequest, sessions: QuerySet[Session]) -> StreamingHttpResponse | None:
        return self._export_some(request, sessions, "vtt")

    def _export_some(
        self, request: HttpRequest, sessions: QuerySet[Session], form: str
    ) -> StreamingHttpResponse | None:
        if sessions.order_by()[: bulk_export.MOST + 1].count() > bulk_export.MOST:
            most = f"{bulk_export.MOST:,}"
            messages.error(request, f"At most {most} sessions can be exported at once. Please choose a class or dates.")
            return None
        return self._export(request, sessions, form)

    def _export(self, request: HttpRequest, sessions: QuerySet[Session], form: str) -> StreamingHttpResponse:
        suffix, content_type, write = bulk_export.FORMATS[form]

        def kept() -> Iterator[Session]:
            for session in bulk_export.whole(sessions):
                audit.record(staff_of(request), AuditEntry.Action.EXPORTED, session, format=form)
                yield session

        response = StreamingHttpResponse(_apart(write(kept())), content_type=content_type)
        name = f"sessions {timezone.localtime():%Y-%m-%d %H.%M}.{suffix}"
        response["Content-Disposition"] = content_disposition_header(True, name)
        response["Cache-Control"] = "private, no-store"
        return response

    # Erased, with all files

    def delete_model(self, request: HttpRequest, obj: Session) -> None:
        erase_session(obj)

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[Session]) -> None:
        for session in queryset:
            erase_session(session)

    def get_deleted_objects(
        self, objs: Any, request: HttpRequest
    ) -> tuple[list[Any], dict[str, int], set[str], list[str]]:
        """The sessions; that their turns and files go with them need not be listed one by one."""
        return [str(session) for session in objs], {"sessions": len(objs)}, set(), []


async def _apart(pieces: Iterator[bytes]) -> AsyncIterator[bytes]:
    """One after the other, as the server sends them: it would gather all of a plain iterator first."""
    following = sync_to_async(partial(next, pieces, None))
    while (piece := await following()) is not None:
        yield piece
