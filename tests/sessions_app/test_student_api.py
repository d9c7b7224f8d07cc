"""The student's calls, to the letter of the contract."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest
from pytest_django import Settings
from rest_framework.test import APIClient

from accounts import socket_tokens
from accounts.models import SchoolClass, User
from gpu_tasks import turn_log
from sessions_app.models import KnowledgeBase, Session, Turn, Tutor

pytestmark = pytest.mark.usefixtures("redis")
Browser = Callable[[User], APIClient]


@pytest.fixture
def at_alices(browser_of: Browser, alice: User) -> APIClient:
    return browser_of(alice)


def is_utc(time: str) -> bool:
    return time.endswith("Z") and datetime.fromisoformat(time).tzinfo is not None


# Tutors


def test_the_tutors_with_their_faces_and_knowledge_bases(at_alices: APIClient, tutor: Tutor) -> None:
    (found,) = at_alices.get("/api/tutors").json()

    assert (found["id"], found["name"], found["subject"]) == (tutor.id, "Ada", "Science")
    assert [face["avatar_id"] for face in found["avatars"]] == ["avatar_tutor_13"]
    assert found["knowledge_bases"] == [{"kb_id": "plants", "name": "How plants live"}]


def test_one_tutor_is_shown_as_in_the_list(at_alices: APIClient, tutor: Tutor) -> None:
    assert at_alices.get(f"/api/tutors/{tutor.id}").json() == at_alices.get("/api/tutors").json()[0]


def test_how_a_tutor_is_told_to_be_stays_with_us(at_alices: APIClient, tutor: Tutor) -> None:
    assert "persona" not in at_alices.get(f"/api/tutors/{tutor.id}").json()


def test_a_tutor_who_is_not_open_is_seen_by_his_teachers_and_the_staff_only(
    browser_of: Browser, alice: User, dora: User, tutor: Tutor, closed_tutor: Tutor
) -> None:
    hers = SchoolClass.objects.create(name="4b")
    hers.teachers.add(dora)
    hers.students.add(alice)
    closed_tutor.classes.add(hers)
    tim = User.objects.create_user("tim@example.org", role=User.Role.TEACHER)
    root = User.objects.create_superuser("root@example.org")

    for user, sees in ((alice, False), (tim, False), (dora, True), (root, True)):
        browser = browser_of(user)
        listed = [found["id"] for found in browser.get("/api/tutors").json()]
        assert listed == ([tutor.id, closed_tutor.id] if sees else [tutor.id])
        assert browser.get(f"/api/tutors/{closed_tutor.id}").status_code == (200 if sees else 404)


# Opening a session


def open_session(client: APIClient, **body: Any) -> tuple[int, dict[str, Any]]:
    answer = client.post("/api/student/sessions", body, format="json")
    return answer.status_code, answer.json()


def test_the_published_example_opens_a_session(at_alices: APIClient, alice: User, tutor: Tutor) -> None:
    status, answer = open_session(at_alices, tutor_id=tutor.id, kb_id="optional")

    assert status == 200
    assert set(answer) == {"session_id", "engine_url", "engine_token", "status"}
    assert answer["status"] == "active"
    assert answer["engine_url"] == f"ws://testserver/ws/ws/{answer['session_id']}"
    assert socket_tokens.check(answer["engine_token"], answer["session_id"]) == alice.id
    assert Session.objects.get().id == answer["session_id"]


def test_the_knowledge_base_is_chosen_by_its_slug(at_alices: APIClient, tutor: Tutor, plants: KnowledgeBase) -> None:
    open_session(at_alices, tutor_id=tutor.id, kb_id="plants")

    assert Session.objects.get().knowledge_base == plants


def test_two_sessions_have_two_tokens(at_alices: APIClient, tutor: Tutor) -> None:
    _, one = open_session(at_alices, tutor_id=tutor.id)
    _, two = open_session(at_alices, tutor_id=tutor.id)

    assert one["session_id"] != two["session_id"]
    with pytest.raises(socket_tokens.BadToken):
        socket_tokens.check(one["engine_token"], two["session_id"])


@pytest.mark.parametrize("body", [{"tutor_id": 999}, {"tutor_id": 10**30}])
def test_an_unknown_tutor_is_404_without_a_session(at_alices: APIClient, tutor: Tutor, body: dict[str, Any]) -> None:
    assert open_session(at_alices, **body) == (404, {"detail": "There is no such tutor."})
    assert not Session.objects.exists()


def test_a_closed_tutor_is_404_without_a_session(at_alices: APIClient, closed_tutor: Tutor) -> None:
    assert open_session(at_alices, tutor_id=closed_tutor.id)[0] == 404
    assert not Session.objects.exists()


def test_a_knowledge_base_that_is_not_the_tutors_is_404_without_a_session(at_alices: APIClient, tutor: Tutor) -> None:
    KnowledgeBase.objects.create(slug="oceans", name="Of another tutor")

    for kb_id in ("oceans", "unknown"):
        status, answer = open_session(at_alices, tutor_id=tutor.id, kb_id=kb_id)
        assert (status, answer) == (404, {"detail": "There is no such knowledge base for this tutor."})
    assert not Session.objects.exists()


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({}, "tutor_id"),
        ({"tutor_id": "ada"}, "tutor_id"),
        ({"tutor_id": None}, "tutor_id"),
        ({"tutor_id": 1, "kb_id": ["plants"]}, "kb_id"),
        ({"tutor_id": 1, "kb_id": "x" * 81}, "kb_id"),
    ],
)
def test_a_wrong_field_is_named(at_alices: APIClient, tutor: Tutor, body: dict[str, Any], field: str) -> None:
    status, answer = open_session(at_alices, **body)

    assert status == 400
    assert set(answer) == {field}


def test_with_the_engine_switched_off_there_is_no_session(
    at_alices: APIClient, tutor: Tutor, settings: Settings
) -> None:
    settings.ENGINE_ENABLED = False

    assert open_session(at_alices, tutor_id=tutor.id) == (503, {"detail": "GPU Server is not enabled"})
    assert not Session.objects.exists()


@pytest.mark.parametrize(
    ("engine_url", "begins"),
    [
        ("https://gpu.example.org", "wss://gpu.example.org/ws/ws/"),
        ("https://gpu.example.org:8443/", "wss://gpu.example.org:8443/ws/ws/"),
        ("http://10.0.0.7:8000", "ws://10.0.0.7:8000/ws/ws/"),
        ("https://engine:SECRET@gpu.example.org", "wss://gpu.example.org/ws/ws/"),
    ],
)
def test_the_socket_is_where_the_engine_is(
    at_alices: APIClient, tutor: Tutor, settings: Settings, engine_url: str, begins: str
) -> None:
    settings.ENGINE_URL = engine_url

    _, answer = open_session(at_alices, tutor_id=tutor.id)

    assert answer["engine_url"] == begins + answer["session_id"]


def test_behind_tls_the_socket_is_secure_too(browser_of: Browser, alice: User, tutor: Tutor) -> None:
    answer = browser_of(alice).post("/api/student/sessions", {"tutor_id": tutor.id}, format="json", secure=True)

    assert answer.json()["engine_url"].startswith("wss://testserver/ws/ws/")


# Sessions


def test_a_session_as_the_contract_shows_it(at_alices: APIClient, alice: User, session: Session) -> None:
    answer = at_alices.get(f"/api/student/sessions/{session.id}")

    shown = answer.json()
    assert answer.status_code == 200
    assert {"session_id", "tutor_id", "student_id", "status", "created_at", "last_activity"} <= set(shown)
    assert (shown["session_id"], shown["tutor_id"], shown["student_id"], shown["status"]) == (
        session.id,
        session.tutor_id,
        alice.id,
        "active",
    )
    assert is_utc(shown["created_at"])
    assert is_utc(shown["last_activity"])


def test_alice_lists_her_sessions_newest_first(at_alices: APIClient, alice: User, bob: User, tutor: Tutor) -> None:
    mine = [Session.objects.create(student=alice, tutor=tutor) for _ in range(3)]
    Session.objects.create(student=bob, tutor=tutor)

    page = at_alices.get("/api/student/sessions").json()

    assert set(page) == {"count", "next", "previous", "results"}
    assert page["count"] == 3
    assert [shown["session_id"] for shown in page["results"]] == [session.id for session in reversed(mine)]


def test_long_lists_come_in_pages(at_alices: APIClient, alice: User, tutor: Tutor) -> None:
    for _ in range(3):
        Session.objects.create(student=alice, tutor=tutor)

    first = at_alices.get("/api/student/sessions?page_size=2").json()
    second = at_alices.get(first["next"]).json()

    assert [len(first["results"]), len(second["results"])] == [2, 1]
    assert second["next"] is None


def test_ending_a_session_keeps_its_transcript(at_alices: APIClient, session: Session) -> None:
    Turn.objects.create(session=session, number=1, modality="text", status=Turn.Status.COMPLETED)

    answer = at_alices.delete(f"/api/student/sessions/{session.id}")

    assert (answer.status_code, answer.json()) == (200, {"message": "Session ended successfully"})
    assert at_alices.get(f"/api/student/sessions/{session.id}").json()["status"] == "ended"
    assert at_alices.get(f"/api/student/sessions/{session.id}/turns").json()["count"] == 1


def test_ending_a_session_stops_its_turn(at_alices: APIClient, session: Session) -> None:
    turn = Turn.objects.create(session=session, number=1, modality="text", status=Turn.Status.THINKING)

    at_alices.delete(f"/api/student/sessions/{session.id}")

    turn.refresh_from_db()
    assert turn.status == Turn.Status.INTERRUPTED
    assert turn_log.is_closed(turn.id)


def test_ending_a_session_twice_is_no_mistake(at_alices: APIClient, session: Session) -> None:
    for _ in range(2):
        assert at_alices.delete(f"/api/student/sessions/{session.id}").status_code == 200


# Fresh tokens


def test_a_fresh_token_opens_the_same_session(at_alices: APIClient, alice: User, session: Session) -> None:
    answer = at_alices.post(f"/api/student/sessions/{session.id}/token")

    assert answer.status_code == 200
    assert answer.json()["engine_url"] == f"ws://testserver/ws/ws/{session.id}"
    assert socket_tokens.check(answer.json()["engine_token"], session.id) == alice.id


def test_an_ended_session_has_no_fresh_token(at_alices: APIClient, session: Session) -> None:
    Session.objects.filter(id=session.id).update(status=Session.Status.ENDED)

    answer = at_alices.post(f"/api/student/sessions/{session.id}/token")

    assert (answer.status_code, answer.json()) == (409, {"detail": "This session has ended."})
