"""A tutor is set up in one form, heard and seen before it is saved, and tried as the form has it."""

from typing import Any

import pytest
import redis as redis_library
from django.test import Client
from rest_framework.test import APIClient

from accounts.models import SchoolClass, User
from gpu_tasks import worker
from sessions_app import handover
from sessions_app.models import Avatar, KnowledgeBase, Session, Tutor
from tests.queues import Queues

pytestmark = pytest.mark.django_db
PAGE = "/admin/sessions_app/tutor"


def browser(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


@pytest.fixture
def root(db: None) -> User:
    return User.objects.create_superuser(email="root@school.example", password="a long enough passphrase")


@pytest.fixture
def admin(root: User) -> Client:
    return browser(root)


@pytest.fixture(autouse=True)
def all_alive(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(worker, "alive", lambda name: 1)


@pytest.fixture
def filled_in(plants: KnowledgeBase, face: Avatar) -> dict[str, Any]:
    return {
        "name": "Mae",
        "subject": "Space",
        "language": "en",
        "persona": "You are Mae.",
        "voice": "tone",
        "face": face.pk,
        "knowledge_bases": [plants.pk],
        "suggested_questions": "What is a star?\r\n\r\n  Why is  space dark? ",
        "is_open": "on",
        "grounding": "strict",
        "final_answer": "after",
        "hints_first": 2,
        "topics-TOTAL_FORMS": 1,
        "topics-INITIAL_FORMS": 0,
        "topics-0-name": "Stars",
        "topics-0-terms": "sun",
        "topics-0-position": 0,
        "exercises-TOTAL_FORMS": 0,
        "exercises-INITIAL_FORMS": 0,
    }


def save(client: Client, form: dict[str, Any], tutor: Tutor | None = None) -> str:
    """The page that answers."""
    address = f"{PAGE}/{tutor.pk}/change/" if tutor else f"{PAGE}/add/"
    return client.post(address, form, follow=True).content.decode()


def test_a_tutor_is_what_the_form_says(admin: Client, filled_in: dict[str, Any], face: Avatar) -> None:
    save(admin, filled_in)

    tutor = Tutor.objects.get()
    assert (tutor.name, tutor.voice, tutor.grounding, tutor.hints_first) == ("Mae", "tone", "strict", 2)
    assert tutor.suggested_questions == ["What is a star?", "Why is space dark?"]
    assert list(tutor.faces()) == [face]


def test_the_page_of_a_tutor_shows_what_is_kept(admin: Client, tutor: Tutor, face: Avatar) -> None:
    Tutor.objects.update(suggested_questions=["What is light?", "Who drinks water?"])
    Avatar.objects.update(prepared_version=face.version)

    page = admin.get(f"{PAGE}/{tutor.pk}/change/").content.decode()

    assert "What is light?\nWho drinks water?" in page
    assert f"/media/{face.folder}poster.jpg?token=" in page


def test_the_chosen_face_is_the_first_one(admin: Client, tutor: Tutor, face: Avatar, filled_in: dict[str, Any]) -> None:
    other = Avatar.objects.create(avatar_id="avatar_other", name="Other", kind=Avatar.Kind.ILLUSTRATED)

    save(admin, {**filled_in, "face": other.pk, "more_faces": [face.pk, other.pk]}, tutor)

    assert list(tutor.faces()) == [other, face]


@pytest.mark.parametrize("voice", ["nobody", "", "tone'; DROP TABLE"])
def test_a_voice_that_the_engine_does_not_know_is_refused(admin: Client, filled_in: dict[str, Any], voice: str) -> None:
    page = save(admin, {**filled_in, "voice": voice})

    assert "voice" in page
    assert not Tutor.objects.exists()


def test_a_voice_of_another_language_is_refused(admin: Client, tutor: Tutor, filled_in: dict[str, Any]) -> None:
    Tutor.objects.update(language="zh")

    page = save(admin, {**filled_in, "language": "zh"}, tutor)

    assert "This voice speaks English, the tutor Chinese (Mandarin)." in page


def test_a_person_who_has_not_agreed_or_is_not_prepared_cannot_be_chosen(
    admin: Client, filled_in: dict[str, Any]
) -> None:
    photo = Avatar.objects.create(avatar_id="avatar_p", name="P", kind=Avatar.Kind.PHOTO, version=2, prepared_version=2)

    save(admin, {**filled_in, "face": photo.pk})
    assert not Tutor.objects.exists()

    Avatar.objects.filter(pk=photo.pk).update(consent_by="P", consent_on="2026-01-31", prepared_version=0)
    save(admin, {**filled_in, "face": photo.pk})
    assert not Tutor.objects.exists()

    Avatar.objects.filter(pk=photo.pk).update(prepared_version=2)
    save(admin, {**filled_in, "face": photo.pk})
    assert Tutor.objects.get().faces().get() == photo


def test_a_voice_is_heard_before_it_is_chosen(admin: Client, redis: "redis_library.Redis", queues: Queues) -> None:
    assert admin.get(f"{PAGE}/voice", {"voice": "tone"}).json() == {"state": "making"}
    queues.run_all("tts")
    ready = admin.get(f"{PAGE}/voice", {"voice": "tone"}).json()

    assert ready["state"] == "ready"
    assert admin.get(ready["url"]).content.startswith(b"RIFF")
    assert queues.run_all("tts") == []


def test_while_no_worker_speaks_the_page_says_so(
    admin: Client, redis: "redis_library.Redis", monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(worker, "alive", lambda name: 0)
    monkeypatch.setattr("sessions_app.avatars.samples.default_storage.exists", lambda key: False)

    assert "No worker" in admin.get(f"{PAGE}/voice", {"voice": "tone"}).json()["problem"]


# Tried as it stands in the form


def try_it(client: Client, form: dict[str, Any], tutor: Tutor | None = None) -> Any:
    return client.post(f"{PAGE}/{tutor.pk}/try" if tutor else f"{PAGE}/try", form)


@pytest.mark.usefixtures("redis")
def test_the_form_is_tried_and_not_saved(
    admin: Client, root: User, tutor: Tutor, filled_in: dict[str, Any], face: Avatar, plants: KnowledgeBase
) -> None:
    water, wind = (tutor.topics.create(name=name, position=1) for name in ("Water", "Wind"))
    topics = {
        "topics-TOTAL_FORMS": 3,
        "topics-INITIAL_FORMS": 2,
        "topics-0-id": water.pk,
        "topics-0-name": "Water",
        "topics-0-terms": "drink",
        "topics-0-position": 1,
        "topics-1-id": wind.pk,
        "topics-1-name": "Wind",
        "topics-1-position": 1,
        "topics-1-DELETE": "on",
        "topics-2-name": "Stars",
        "topics-2-terms": "sun",
        "topics-2-position": 0,
    }

    answer = try_it(admin, {**filled_in, **topics, "name": "Not yet"}, tutor)

    session = Session.objects.get()
    copy = session.tutor
    tutor.refresh_from_db()
    assert answer.json()["url"].endswith(session.id)
    assert (session.student, copy.tried_by, copy.name, copy.grounding) == (root, root, "Not yet", "strict")
    assert (list(copy.faces()), list(copy.knowledge_bases.all())) == ([face], [plants])
    assert (tutor.name, tutor.grounding) == ("Ada", "open")
    assert list(copy.topics.values_list("name", "terms")) == [("Stars", "sun"), ("Water", "drink")]
    assert list(tutor.topics.values_list("name", "terms")) == [("Water", ""), ("Wind", "")]


@pytest.mark.usefixtures("redis")
def test_a_tutor_that_is_not_there_yet_is_tried(admin: Client, filled_in: dict[str, Any]) -> None:
    try_it(admin, filled_in)

    assert Tutor.objects.get().tried_by is not None


@pytest.mark.usefixtures("redis")
def test_what_is_wrong_in_the_form_is_said_and_nothing_is_made(admin: Client, filled_in: dict[str, Any]) -> None:
    answer = try_it(admin, {**filled_in, "persona": "", "voice": "nobody"})

    assert answer.status_code == 422
    assert {each["field"] for each in answer.json()["errors"]} == {"Persona", "Voice"}
    assert not Tutor.objects.exists()


@pytest.mark.usefixtures("redis")
def test_the_next_try_forgets_the_last_one(admin: Client, filled_in: dict[str, Any]) -> None:
    try_it(admin, filled_in)
    first = Session.objects.get()

    try_it(admin, filled_in)

    assert Tutor.objects.count() == Session.objects.count() == 1
    assert not Session.objects.filter(pk=first.pk).exists()


@pytest.mark.usefixtures("redis")
def test_a_copy_shows_in_no_list_and_nobody_else_meets_it(
    admin: Client, root: User, alice: User, filled_in: dict[str, Any], browser_of: Any
) -> None:
    try_it(admin, filled_in)
    copy = Tutor.objects.get()

    for user in (root, alice):
        assert browser_of(user).get("/api/tutors").json() == []
    assert browser_of(root).get("/api/student/sessions").json()["results"] == []
    assert browser_of(alice).post("/api/student/sessions", {"tutor_id": copy.pk}, format="json").status_code == 404
    assert "Mae" not in admin.get(f"{PAGE}/").content.decode()
    assert admin.get(f"{PAGE}/{copy.pk}/change/").status_code == 404


# Into the app


@pytest.mark.usefixtures("redis")
def test_whoever_tries_is_let_into_the_app_once(
    admin: Client, root: User, filled_in: dict[str, Any], nobody: APIClient
) -> None:
    code, _, session_id = try_it(admin, filled_in).json()["url"].partition("#")[2].rpartition(".")

    entered = nobody.post("/api/auth/handover", {"code": code}, format="json")
    again = nobody.post("/api/auth/handover", {"code": code}, format="json")

    assert entered.json()["user"]["email"] == root.email
    nobody.credentials(HTTP_AUTHORIZATION=f"Bearer {entered.json()['access']}")
    assert nobody.get(f"/api/student/sessions/{session_id}").status_code == 200
    assert again.status_code == 401


def test_a_code_is_good_for_a_minute_and_for_an_open_account(
    redis: "redis_library.Redis", root: User, nobody: APIClient
) -> None:
    code = handover.issue(root)
    (key,) = redis.keys("handover:*")
    assert 0 < redis.ttl(key) <= 60
    assert code.encode() not in key

    User.objects.update(is_active=False)

    assert nobody.post("/api/auth/handover", {"code": code}, format="json").status_code == 401
    assert nobody.post("/api/auth/handover", {"code": "guessed"}, format="json").status_code == 401
    assert nobody.post("/api/auth/handover", {}, format="json").status_code == 400


# Who may


@pytest.mark.usefixtures("redis")
def test_a_teacher_makes_tutors_for_his_classes(dora: User, filled_in: dict[str, Any], face: Avatar) -> None:
    Avatar.objects.update(added_by=dora)
    filled_in["knowledge_bases"] = []
    own, other = (SchoolClass.objects.create(name=name) for name in ("7a", "7b"))
    own.teachers.add(dora)
    client = browser(dora)

    assert "Please choose at least one of your classes." in save(client, filled_in)
    save(client, {**filled_in, "classes": [other.pk]})
    assert not Tutor.objects.exists()

    save(client, {**filled_in, "classes": [own.pk]})
    assert list(Tutor.objects.get().classes.all()) == [own]


@pytest.mark.usefixtures("redis")
def test_a_teacher_does_not_try_what_he_may_not_change(dora: User, tutor: Tutor, filled_in: dict[str, Any]) -> None:
    assert try_it(browser(dora), filled_in, tutor).status_code == 404
    assert not Session.objects.exists()


@pytest.mark.parametrize("what", ["try", "1/try", "voice"])
def test_students_have_no_business_here(alice: User, what: str) -> None:
    for client in (Client(), browser(alice)):
        assert client.post(f"{PAGE}/{what}").status_code == 302
        assert client.get(f"{PAGE}/{what}").status_code == 302
