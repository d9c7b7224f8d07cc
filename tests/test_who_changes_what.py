"""Who changes what: everything that can be posted, patched or deleted, tried by everybody on what is Alice's.

The rows are compared with the URL patterns: what is added without a row here fails. A row names those of PEOPLE
(tests/everybody.py) for whom something happens; for all others nothing in the database may be another than before.
"""

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, NamedTuple

import pytest
from django.apps import apps
from django.core import signing
from django.db import transaction
from django.http import HttpResponse, StreamingHttpResponse
from django.urls import URLPattern, URLResolver, get_resolver

from accounts.models import AuditEntry, SchoolClass, User
from gpu_tasks import worker
from sessions_app import handover
from sessions_app.models import Session
from tests.everybody import PASSWORD, PEOPLE, School, address, in_the_app, on_the_staff_side, pages

# The server reads what is taken out piece by piece; here it is read at once.
pytestmark = pytest.mark.filterwarnings("ignore:StreamingHttpResponse must consume")

NOBODY = ""
ROOT = "root"
ALICE = "alice"
HER_TEACHER = "dora root"  # of what is Alice's, her teacher and the staff
STAFF = "dora tim root"  # what everybody on the staff side may
LOGGED_IN = "alice bob dora tim root"
EVERYBODY = "nobody alice bob dora tim root"

NEW = "another long passphrase"
GONE = {"post": "yes"}


class Sent(NamedTuple):
    """What a body is made of: who sends it, and where."""

    school: School
    user: User | None


Body = dict[str, Any] | Callable[[Sent], dict[str, Any]]


def chosen(model: str, action: str = "delete_selected") -> Body:
    return lambda sent: {"action": action, "_selected_action": sent.school.ids[model], **GONE}


def no_rows(*names: str) -> dict[str, Any]:
    return {f"{name}-{end}": 0 for name in names for end in ("TOTAL_FORMS", "INITIAL_FORMS")}


def a_tutor(sent: Sent) -> dict[str, Any]:
    return {
        "name": "Mae",
        "subject": "Space",
        "language": "en",
        "persona": "You are Mae.",
        "voice": "tone",
        "face": own_face(sent),
        "classes": [each.pk for each in SchoolClass.objects.filter(teachers=sent.user)] if sent.user else [],
        "is_open": "on",
        "grounding": "open",
        "final_answer": "freely",
        "hints_first": 2,
        **no_rows("topics", "exercises"),
    }


def own_face(sent: Sent) -> int:
    """One that its sender may give to a tutor."""
    from sessions_app.models import Avatar

    name = f"avatar_of_{sent.user.pk if sent.user else 0}"
    return Avatar.objects.get_or_create(avatar_id=name, kind="illustrated", defaults={"added_by": sent.user})[0].pk


def a_list(sent: Sent) -> dict[str, Any]:
    """Of students, that its sender has looked at."""
    rows = [[1, {"email": "new@example.org", "name": "New"}]]
    content = [sent.user.pk if sent.user else None, sent.school.ids["schoolclass"], rows]
    return {"rows": signing.dumps(content, salt="accounts.import.rows", compress=True)}


def of_everybody(sent: Sent) -> dict[str, Any]:
    return {"email": sent.user.email if sent.user else "alice@example.org", "password": PASSWORD}


def a_token(sent: Sent) -> dict[str, Any]:
    from rest_framework_simplejwt.tokens import RefreshToken

    return {"refresh": str(RefreshToken.for_user(sent.user or sent.school.people["alice"]))}


PAGES: dict[str, tuple[Body, str]] = {
    "admin/": ({}, NOBODY),
    "admin/now": ({}, NOBODY),
    "admin/search/": ({}, NOBODY),
    "admin/login/": ({}, NOBODY),
    "admin/logout/": ({}, NOBODY),
    "admin/second-factor/": ({"code": "000000"}, NOBODY),  # by the right code one's own: accounts/test_second_factor.py
    "admin/second-factor/set-up": ({"code": "000000"}, NOBODY),
    "admin/password_change/": ({"old_password": PASSWORD, "new_password1": NEW, "new_password2": NEW}, STAFF),
    "admin/password_change/done/": ({}, NOBODY),
    "admin/autocomplete/": ({}, NOBODY),
    "admin/jsi18n/": ({}, NOBODY),
    "admin/^(?P<app_label>accounts|sessions_app)/$": ({}, NOBODY),
    # The audit log is written by nobody.
    "admin/accounts/auditentry/": (chosen("auditentry"), NOBODY),
    "admin/accounts/auditentry/add/": ({"actor_name": "Root", "action": "opened", "kind": "session"}, NOBODY),
    "admin/accounts/auditentry/<path:object_id>/history/": ({}, NOBODY),
    "admin/accounts/auditentry/<path:object_id>/delete/": (GONE, NOBODY),
    "admin/accounts/auditentry/<path:object_id>/change/": ({"actor_name": "Eve"}, NOBODY),
    "admin/accounts/schoolclass/": (chosen("schoolclass"), ROOT),
    "admin/accounts/schoolclass/add/": ({"name": "Form Five"}, ROOT),
    "admin/accounts/schoolclass/<path:object_id>/import/": (a_list, HER_TEACHER),
    "admin/accounts/schoolclass/<path:object_id>/history/": ({}, NOBODY),
    "admin/accounts/schoolclass/<path:object_id>/delete/": (GONE, ROOT),
    "admin/accounts/schoolclass/<path:object_id>/change/": ({"name": "Form Four", "minutes_a_day": 5}, HER_TEACHER),
    "admin/accounts/user/": (chosen("user"), NOBODY),
    "admin/accounts/user/add/": ({"email": "n@example.org", "role": "admin", "password1": NEW, "password2": NEW}, ROOT),
    "admin/accounts/user/<id>/password/": (
        {"password1": NEW, "password2": NEW, "usable_password": "true"},
        HER_TEACHER,
    ),
    "admin/accounts/user/<path:object_id>/export/": ({}, HER_TEACHER),
    "admin/accounts/user/<path:object_id>/erase/": ({}, ROOT),
    "admin/accounts/user/<path:object_id>/history/": ({}, NOBODY),
    "admin/accounts/user/<path:object_id>/delete/": (GONE, NOBODY),
    "admin/accounts/user/<path:object_id>/change/": (
        {"email": "alice@example.org", "name": "Eve", "role": "student", "is_active": "on"},
        HER_TEACHER,
    ),
    "admin/sessions_app/avatar/": (chosen("avatar"), HER_TEACHER),
    "admin/sessions_app/avatar/still": ({}, NOBODY),
    "admin/sessions_app/avatar/<int:avatar_pk>/state": ({}, NOBODY),
    "admin/sessions_app/avatar/<int:avatar_pk>/speaks": ({}, NOBODY),
    "admin/sessions_app/avatar/add/": ({"name": "Mae", "made_of": "drawn"}, STAFF),
    "admin/sessions_app/avatar/<path:object_id>/history/": ({}, NOBODY),
    "admin/sessions_app/avatar/<path:object_id>/delete/": (GONE, HER_TEACHER),
    "admin/sessions_app/avatar/<path:object_id>/change/": ({"name": "Other", "made_of": "drawn"}, HER_TEACHER),
    "admin/sessions_app/flag/": (chosen("flag"), ROOT),
    "admin/sessions_app/flag/add/": ({}, NOBODY),
    "admin/sessions_app/flag/<path:object_id>/history/": ({}, NOBODY),
    "admin/sessions_app/flag/<path:object_id>/delete/": (GONE, ROOT),
    "admin/sessions_app/flag/<path:object_id>/change/": ({"note": "We talked."}, HER_TEACHER),
    "admin/sessions_app/knowledgebase/": (chosen("knowledgebase"), HER_TEACHER),
    "admin/sessions_app/knowledgebase/<int:base_id>/search": ({}, NOBODY),
    "admin/sessions_app/knowledgebase/<int:base_id>/progress": ({}, NOBODY),
    "admin/sessions_app/knowledgebase/add/": ({"name": "Stars", "slug": "stars", **no_rows("documents")}, STAFF),
    "admin/sessions_app/knowledgebase/<path:object_id>/history/": ({}, NOBODY),
    "admin/sessions_app/knowledgebase/<path:object_id>/delete/": (GONE, HER_TEACHER),
    "admin/sessions_app/knowledgebase/<path:object_id>/change/": (
        {"name": "Plants", "slug": "plants", **no_rows("documents")},
        HER_TEACHER,
    ),
    "admin/sessions_app/mastery/": (chosen("mastery"), NOBODY),
    "admin/sessions_app/mastery/add/": ({}, NOBODY),
    "admin/sessions_app/mastery/student/<int:pk>/": ({}, NOBODY),
    "admin/sessions_app/mastery/class/<int:pk>/": ({}, NOBODY),
    "admin/sessions_app/mastery/<path:object_id>/history/": ({}, NOBODY),
    "admin/sessions_app/mastery/<path:object_id>/delete/": (GONE, NOBODY),
    "admin/sessions_app/mastery/<path:object_id>/change/": ({"known": 1}, NOBODY),
    "admin/sessions_app/session/": (chosen("session"), ROOT),
    "admin/sessions_app/session/add/": ({}, NOBODY),
    "admin/sessions_app/session/<str:session_id>/export/<str:form>": ({}, HER_TEACHER),
    "admin/sessions_app/session/<path:object_id>/history/": ({}, NOBODY),
    "admin/sessions_app/session/<path:object_id>/delete/": (GONE, ROOT),
    "admin/sessions_app/session/<path:object_id>/change/": ({"title": "Other"}, NOBODY),
    "admin/sessions_app/tutor/": (chosen("tutor"), NOBODY),  # there are sessions with the tutor
    "admin/sessions_app/tutor/voice": ({}, NOBODY),
    "admin/sessions_app/tutor/try": (a_tutor, STAFF),
    "admin/sessions_app/tutor/<int:tutor_pk>/try": (a_tutor, HER_TEACHER),
    "admin/sessions_app/tutor/add/": (a_tutor, STAFF),
    "admin/sessions_app/tutor/<path:object_id>/history/": ({}, NOBODY),
    "admin/sessions_app/tutor/<path:object_id>/delete/": (GONE, NOBODY),
    "admin/sessions_app/tutor/<path:object_id>/change/": (a_tutor, HER_TEACHER),
}
ACTIONS: dict[tuple[str, str], str] = {
    ("session", "export_csv"): HER_TEACHER,
    ("session", "export_json"): HER_TEACHER,
    ("session", "export_webvtt"): HER_TEACHER,
}
"""Of lists, besides the deletion of what was chosen."""

A_SESSION = "api/student/sessions/<str:session_id>"
CALLS: dict[tuple[str, str], tuple[Body, str]] = {
    ("post", "api/auth/login"): (of_everybody, EVERYBODY),
    ("post", "api/auth/refresh"): (a_token, EVERYBODY),
    ("post", "api/auth/logout"): (a_token, EVERYBODY),
    ("post", "api/auth/register"): ({"email": "n@example.org", "password": NEW, "name": "New"}, EVERYBODY),
    ("post", "api/auth/handover"): (lambda sent: {"code": handover.issue(sent.school.people["dora"])}, EVERYBODY),
    ("post", "api/auth/password"): ({"current": PASSWORD, "password": NEW}, LOGGED_IN),
    ("patch", "api/auth/me"): ({"name": "Other"}, LOGGED_IN),
    ("post", "api/student/sessions"): (lambda sent: {"tutor_id": sent.school.ids["tutor"]}, "alice dora root"),
    ("patch", A_SESSION): ({"title": "Other"}, ALICE),
    ("delete", A_SESSION): ({}, ALICE),
    ("post", f"{A_SESSION}/token"): ({}, ALICE),
    ("post", f"{A_SESSION}/resume"): ({}, ALICE),
    ("delete", f"{A_SESSION}/transcript"): ({}, ALICE),
    ("post", f"{A_SESSION}/checks"): ({}, ALICE),
    ("post", f"{A_SESSION}/checks/<int:position>/answer"): ({"choice": 0}, ALICE),
    # For another web backend, which has a key: tests/sessions_app/test_access.py
    ("post", "engine/v1/sessions"): ({}, NOBODY),
    ("delete", "engine/v1/sessions/<str:session_id>"): ({}, NOBODY),
}
METHODS = ("post", "put", "patch", "delete")


def calls(patterns: list[URLPattern | URLResolver], prefix: str = "") -> list[tuple[str, str]]:
    """What changes something, by method and route. Views that are functions take no other method than GET."""
    found = []
    for pattern in patterns:
        route = prefix + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            found += [] if route == "admin/" else calls(pattern.url_patterns, route)
        elif view := getattr(pattern.callback, "cls", None):
            found += [(each, route) for each in METHODS if hasattr(view, each) and each in view.http_method_names]
    return found


def everything() -> dict[str, list[Any]]:
    """All rows, but for what is kept of who looked and who came."""
    kept = [*apps.get_app_config("accounts").get_models(), *apps.get_app_config("sessions_app").get_models()]
    return {
        model._meta.label: [
            {name: value for name, value in row.items() if name != "last_login"}
            for row in model._default_manager.order_by("pk").values()
        ]
        for model in kept
        if model._meta.model_name != "auditentry"
    }


def taken_out(answer: HttpResponse | None = None) -> int:
    """How often something was; a file is taken out when it is read."""
    if isinstance(answer, StreamingHttpResponse):
        b"".join(answer)
    return AuditEntry.objects.filter(action="exported").count()


@pytest.fixture(autouse=True)
def all_alive(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(worker, "alive", lambda name: 1)


def test_every_page_and_every_call_has_a_row() -> None:
    assert (set(pages()) ^ set(PAGES)) == set()
    assert (set(calls(get_resolver().url_patterns)) ^ set(CALLS)) == set()


@contextmanager
def taken_back() -> Iterator[None]:
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


@pytest.mark.usefixtures("redis")
@pytest.mark.parametrize("route", PAGES)
def test_who_changes_what_on_the_staff_side(school: School, route: str) -> None:
    body, allowed = PAGES[route]

    assert those_who_post(school, address(school, route), body) == allowed


@pytest.mark.usefixtures("redis")
@pytest.mark.parametrize(("model", "action"), ACTIONS)
def test_who_does_what_with_a_list(school: School, model: str, action: str) -> None:
    body = chosen(model, action)

    assert those_who_post(school, f"/admin/sessions_app/{model}/", body) == ACTIONS[model, action]


def those_who_post(school: School, to: str, body: Body) -> str:
    """With an effect. All others are answered, and students are sent away."""
    done = []
    for who in PEOPLE:
        with taken_back():
            form = filled_in(body, school, who)
            before = everything(), taken_out()
            answer = on_the_staff_side(school, who).post(to, form)
            if before != (everything(), taken_out(answer)):
                done.append(who)
        assert answer.status_code < 500
        if who in ("nobody", "alice", "bob") and not to.endswith(("/login/", "/logout/")):
            assert answer["Location"].startswith("/admin/login/")
    return " ".join(done)


def filled_in(body: Body, school: School, who: str) -> dict[str, Any]:
    return body(Sent(school, school.people.get(who))) if callable(body) else body


@pytest.mark.usefixtures("redis")
@pytest.mark.parametrize(("method", "route"), CALLS)
def test_who_changes_what_in_the_app(school: School, method: str, route: str) -> None:
    body, allowed = CALLS[method, route]
    if "checks" in route:
        Session.objects.update(status=Session.Status.ENDED)
    done = []
    for who in PEOPLE:
        with taken_back():
            form = filled_in(body, school, who)
            before = everything()
            answer = getattr(in_the_app(school, who), method)(address(school, route), form, format="json")
            if answer.status_code < 300:
                done.append(who)
            else:
                assert answer.status_code in (401, 403, 404)
                assert everything() == before

    assert " ".join(done) == allowed


@pytest.mark.usefixtures("redis")
@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("route", ["media/<path:key>", "some/page", "health"])
def test_what_is_only_there_to_be_read_is_changed_by_nobody(school: School, route: str, method: str) -> None:
    before = everything()

    answers = [getattr(in_the_app(school, who), method)(address(school, route)) for who in PEOPLE]

    assert {answer.status_code for answer in answers} <= {403, 405}
    assert everything() == before


@pytest.mark.usefixtures("redis")
@pytest.mark.parametrize(("who", "role"), [("dora", "teacher"), ("root", "admin")])
def test_a_teacher_gives_nobody_rights(school: School, who: str, role: str) -> None:
    """Not even the staff to themselves: what of the form is not theirs to say is not read."""
    alice, sender = school.people["alice"], school.people[who]
    raised = {"name": "Eve", "role": "admin", "is_superuser": "on", "is_active": "on"}
    client = on_the_staff_side(school, who)

    client.post(f"/admin/accounts/user/{alice.pk}/change/", {"email": alice.email, **raised})
    client.post(f"/admin/accounts/user/{sender.pk}/change/", {"email": sender.email, "name": "Me", "role": "student"})

    alice.refresh_from_db()
    sender.refresh_from_db()
    assert (alice.name, alice.role) == ("Eve", "student" if who == "dora" else "admin")
    assert (sender.role, sender.is_active) == (role, True)


def test_a_teacher_takes_no_class_from_another(school: School) -> None:
    form = {"name": "Mine", "teachers": str(school.people["tim"].pk), "students": str(school.people["alice"].pk)}
    for who in ("dora", "tim"):
        on_the_staff_side(school, who).post(f"/admin/accounts/schoolclass/{school.ids['schoolclass']}/change/", form)

    four = SchoolClass.objects.get(pk=school.ids["schoolclass"])
    assert (four.name, [each.name for each in four.teachers.all()]) == ("Form Four", ["Dora"])


def test_the_rows_can_be_read_as_a_table() -> None:
    """A name that is nobody's would be a row that allows less than it seems to."""
    rows = [allowed for _, allowed in [*PAGES.values(), *CALLS.values()]] + list(ACTIONS.values())
    assert {word for allowed in rows for word in re.split(r"\s+", allowed)} <= {"", *PEOPLE}
