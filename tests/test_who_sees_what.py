"""Who sees what: every page, call, media address and export, asked for by everybody.

The rows are compared with the URL patterns: what is added without a row here fails. What is Alice's is asked for
(tests/everybody.py). Who changes what: tests/test_who_changes_what.py. Statuses, in the order of PEOPLE:
"""

import pytest
from django.http import FileResponse
from django.test import Client

from sessions_app import media_urls
from tests.everybody import PEOPLE, School, address, calls, in_the_app, on_the_staff_side, pages

STAFF = "302 302 302 200 200 200"  # a page of everybody on the staff side, with what is his on it
HERS = "302 302 302 200 404 200"  # of what is Alice's: her teacher and the staff
KEPT = "302 302 302 403 404 302"  # to the audit log, which is for the staff
NEVER = "302 302 302 403 403 403"
ADMIN = "302 302 302 403 403 200"
OWN = "401 200 404 404 404 404"  # in the app, what somebody said is his alone
LOGGED_IN = "401 200 200 200 200 200"
ANYBODY = "200 200 200 200 200 200"
POSTED = "401 405 405 405 405 405"  # what these change, and for whom: test_who_changes_what.py
POSTED_BY_ANYBODY = "405 405 405 405 405 405"
WITH_A_KEY = "403 403 403 403 403 403"  # of another web backend: sessions_app/test_access.py

PAGES: dict[str, str] = {
    "admin/now": STAFF,
    "admin/search/": STAFF,
    "admin/second-factor/": "302 302 302 302 302 302",  # asked of who has one: accounts/test_second_factor.py
    "admin/second-factor/set-up": STAFF,
    "admin/": STAFF,
    "admin/login/": "200 200 200 302 302 302",
    "admin/logout/": "302 302 302 405 405 405",
    "admin/password_change/": STAFF,
    "admin/password_change/done/": STAFF,
    "admin/autocomplete/": NEVER,
    "admin/jsi18n/": STAFF,
    "admin/accounts/auditentry/": ADMIN,
    "admin/accounts/auditentry/add/": NEVER,
    "admin/accounts/auditentry/<path:object_id>/history/": ADMIN,
    "admin/accounts/auditentry/<path:object_id>/delete/": NEVER,
    "admin/accounts/auditentry/<path:object_id>/change/": ADMIN,
    "admin/accounts/schoolclass/<path:object_id>/import/": "302 302 302 200 403 200",
    "admin/accounts/schoolclass/": STAFF,
    "admin/accounts/schoolclass/add/": ADMIN,
    "admin/accounts/schoolclass/<path:object_id>/history/": KEPT,
    "admin/accounts/schoolclass/<path:object_id>/delete/": ADMIN,
    "admin/accounts/schoolclass/<path:object_id>/change/": HERS,
    "admin/sessions_app/avatar/still": "302 302 302 503 503 503",
    "admin/sessions_app/avatar/<int:avatar_pk>/state": HERS,
    "admin/sessions_app/avatar/<int:avatar_pk>/speaks": HERS,
    "admin/sessions_app/avatar/": STAFF,
    "admin/sessions_app/avatar/add/": STAFF,
    "admin/sessions_app/avatar/<path:object_id>/history/": KEPT,
    "admin/sessions_app/avatar/<path:object_id>/delete/": HERS,
    "admin/sessions_app/avatar/<path:object_id>/change/": HERS,
    "admin/sessions_app/flag/": STAFF,
    "admin/sessions_app/flag/add/": NEVER,
    "admin/sessions_app/flag/<path:object_id>/history/": KEPT,
    "admin/sessions_app/flag/<path:object_id>/delete/": ADMIN,
    "admin/sessions_app/flag/<path:object_id>/change/": HERS,
    "admin/sessions_app/knowledgebase/<int:base_id>/search": HERS,
    "admin/sessions_app/knowledgebase/<int:base_id>/progress": HERS,
    "admin/sessions_app/knowledgebase/": STAFF,
    "admin/sessions_app/knowledgebase/add/": STAFF,
    "admin/sessions_app/knowledgebase/<path:object_id>/history/": KEPT,
    "admin/sessions_app/knowledgebase/<path:object_id>/delete/": HERS,
    "admin/sessions_app/knowledgebase/<path:object_id>/change/": HERS,
    "admin/sessions_app/mastery/student/<int:pk>/": HERS,
    "admin/sessions_app/mastery/class/<int:pk>/": HERS,
    "admin/sessions_app/mastery/": STAFF,
    "admin/sessions_app/mastery/add/": NEVER,
    "admin/sessions_app/mastery/<path:object_id>/history/": KEPT,
    "admin/sessions_app/mastery/<path:object_id>/delete/": NEVER,
    "admin/sessions_app/mastery/<path:object_id>/change/": HERS,
    "admin/sessions_app/session/<str:session_id>/export/<str:form>": HERS,
    "admin/sessions_app/session/": STAFF,
    "admin/sessions_app/session/add/": NEVER,
    "admin/sessions_app/session/<path:object_id>/history/": KEPT,
    "admin/sessions_app/session/<path:object_id>/delete/": ADMIN,
    "admin/sessions_app/session/<path:object_id>/change/": HERS,
    "admin/accounts/user/<id>/password/": HERS,
    "admin/accounts/user/<path:object_id>/export/": "302 302 302 200 403 200",
    "admin/accounts/user/<path:object_id>/erase/": ADMIN,
    "admin/accounts/user/": STAFF,
    "admin/accounts/user/add/": ADMIN,
    "admin/accounts/user/<path:object_id>/history/": KEPT,
    "admin/accounts/user/<path:object_id>/delete/": NEVER,
    "admin/accounts/user/<path:object_id>/change/": HERS,
    "admin/sessions_app/tutor/voice": STAFF,
    "admin/sessions_app/tutor/try": "302 302 302 405 405 405",
    "admin/sessions_app/tutor/<int:tutor_pk>/try": "302 302 302 405 405 405",
    "admin/sessions_app/tutor/": STAFF,
    "admin/sessions_app/tutor/add/": STAFF,
    "admin/sessions_app/tutor/<path:object_id>/history/": KEPT,
    "admin/sessions_app/tutor/<path:object_id>/delete/": HERS,
    "admin/sessions_app/tutor/<path:object_id>/change/": HERS,
    "admin/^(?P<app_label>accounts|sessions_app)/$": STAFF,
}
CALLS: dict[str, str] = {
    "health": ANYBODY,
    "ready": ANYBODY,
    "metrics": WITH_A_KEY,  # Prometheus's: tutor_site/test_monitoring.py
    "api/config": ANYBODY,
    "api/auth/login": POSTED_BY_ANYBODY,
    "api/auth/refresh": POSTED_BY_ANYBODY,
    "api/auth/register": POSTED_BY_ANYBODY,
    "api/auth/logout": POSTED_BY_ANYBODY,
    "api/auth/password": POSTED,
    "api/auth/me": LOGGED_IN,
    "api/schema": ANYBODY,
    "api/docs": ANYBODY,
    "api/auth/handover": POSTED_BY_ANYBODY,
    "api/tutors": LOGGED_IN,
    "api/tutors/<int:pk>": "401 200 404 200 404 200",
    "api/student/sessions": LOGGED_IN,
    "api/student/sessions/<str:session_id>": OWN,
    "api/student/sessions/<str:session_id>/token": POSTED,
    "api/student/sessions/<str:session_id>/turns": OWN,
    "api/student/sessions/<str:session_id>/resume": POSTED,
    "api/student/sessions/<str:session_id>/transcript": POSTED,
    "api/student/sessions/<str:session_id>/export": "401 400 404 404 404 404",
    "api/student/sessions/<str:session_id>/summary": OWN,
    "api/student/sessions/<str:session_id>/checks": POSTED,
    "api/student/sessions/<str:session_id>/checks/<int:position>/answer": POSTED,
    "api/student/progress": LOGGED_IN,
    "api/student/gpu/health": ANYBODY,
    "engine/health": "503 503 503 503 503 503",
    "engine/v1/sessions": WITH_A_KEY,
    "engine/v1/sessions/<str:session_id>": WITH_A_KEY,
    "media/<path:key>": WITH_A_KEY,
}

WHAT_IS_HERS = (
    "Alice",
    "alice@",
    "Form Four",
    "sky blue",
    "light is scattered",
    "How plants live",
    "Tutor of four",
    "Rayleigh",
)


def test_every_page_and_every_call_has_a_row() -> None:
    assert (set(pages()) - set(PAGES), set(calls()) - set(CALLS)) == (set(), set())
    assert (set(PAGES) - set(pages()), set(CALLS) - set(calls())) == (set(), set())


@pytest.mark.usefixtures("redis")
@pytest.mark.parametrize("route", PAGES)
def test_the_pages_of_the_staff_side(school: School, route: str) -> None:
    answers = {who: on_the_staff_side(school, who).get(address(school, route)) for who in PEOPLE}

    assert " ".join(str(answer.status_code) for answer in answers.values()) == PAGES[route]
    for who in ("nobody", "alice", "bob"):
        to = answers[who].get("Location", "/admin/login/")
        assert to.startswith("/admin/login/") or route == "admin/logout/"
    for answer in answers.values():
        if isinstance(answer, FileResponse):
            answer.getvalue()  # and so to its end, where the file is closed


@pytest.mark.usefixtures("redis")
@pytest.mark.parametrize("route", CALLS)
def test_the_calls_of_the_app(school: School, route: str) -> None:
    answers = [in_the_app(school, who).get(address(school, route)) for who in PEOPLE]

    assert " ".join(str(answer.status_code) for answer in answers) == CALLS[route]


@pytest.mark.usefixtures("redis")
@pytest.mark.parametrize("route", [route for route, statuses in PAGES.items() if statuses == STAFF])
def test_no_page_shows_another_teacher_what_is_hers(school: School, route: str) -> None:
    page = on_the_staff_side(school, "tim").get(address(school, route), {"q": "a"}, follow=True).content.decode()

    assert [word for word in WHAT_IS_HERS if word in page] == []


@pytest.mark.usefixtures("redis")
@pytest.mark.parametrize(
    ("model", "word"),
    [
        ("accounts/user", "alice@example.org"),
        ("accounts/schoolclass", "Form Four"),
        ("sessions_app/session", "Alice"),
        ("sessions_app/tutor", "Tutor of four"),
        ("sessions_app/knowledgebase", "How plants live"),
    ],
)
def test_lists_show_to_each_what_is_his(school: School, model: str, word: str) -> None:
    shown = {who: word in on_the_staff_side(school, who).get(f"/admin/{model}/").content.decode() for who in PEOPLE}

    assert shown == {"nobody": False, "alice": False, "bob": False, "dora": True, "tim": False, "root": True}


@pytest.mark.parametrize(
    ("field", "who", "found"),
    [
        ("students", "root", ["Alice", "Bob"]),
        ("students", "dora", ["Alice"]),
        ("students", "tim", ["Bob"]),
        ("teachers", "root", ["Dora", "Tim"]),
        ("teachers", "tim", ["Tim"]),
    ],
)
def test_fields_offer_what_may_be_seen(school: School, field: str, who: str, found: list[str]) -> None:
    asked = {"app_label": "accounts", "model_name": "schoolclass", "field_name": field, "term": ""}

    answer = on_the_staff_side(school, who).get("/admin/autocomplete/", asked)

    assert sorted(each["text"] for each in answer.json()["results"]) == found


@pytest.mark.parametrize(("token", "status"), [("right", 200), ("", 403), ("of another folder", 403)])
def test_a_media_address_opens_its_own_folder(school: School, token: str, status: int) -> None:
    key = f"{school.turn.folder}0.mp4"
    right = media_urls.url(key)
    assert right is not None
    other = media_urls.url("sessions/other/turn/0.mp4")
    assert other is not None
    tokens = {"right": right.partition("?")[2], "": "", "of another folder": other.partition("?")[2]}

    assert Client().get(f"/media/{key}?{tokens[token]}").status_code == status
