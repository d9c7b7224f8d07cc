"""A student's data: all of it in a file, or nothing of it anywhere."""

import io
import json
import zipfile
from collections.abc import Callable

import pytest
from django.apps import apps
from django.db.models import ForeignKey, OneToOneField
from django.test import Client
from django.utils import timezone
from rest_framework.test import APIClient
from rest_framework_simplejwt.tokens import RefreshToken

from accounts.models import AuditEntry, SchoolClass, User
from gpu_tasks import media
from gpu_tasks.connections import redis_client
from sessions_app import history, services
from sessions_app.erasing import erase_student
from sessions_app.models import Check, Flag, Mastery, Segment, Session, Skill, Summary, Turn, Usage
from sessions_app.protocol import TextMessage

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("redis")]


@pytest.fixture
def admin(db: None) -> User:
    return User.objects.create_superuser("root@school.example", "a long enough passphrase", name="Root")


@pytest.fixture
def told(session: Session, alice: User) -> Turn:
    """All that can be kept of a student, and a turn that runs."""
    turn = Turn.objects.create(
        session=session,
        number=1,
        status="completed",
        modality="audio",
        user_text="Why is it green?",
    )
    turn.user_audio = media.save(f"{turn.folder}question.webm", f"voice of {session.id}".encode())
    turn.reply_text = "Chlorophyll."
    turn.save()
    video = media.save(f"{turn.folder}0.mp4", f"reply of {session.id}".encode())
    Segment.objects.create(turn=turn, index=0, text="Chlorophyll.", duration_ms=900, video=video)
    Flag.objects.create(turn=turn, direction="said", category="worry", severity=2, excerpt="Why is it green?")
    skill = Skill.objects.create(tutor=session.tutor, name="Leaves")
    Check.objects.create(session=session, skill=skill, position=1, question="Green?", choices=["a", "b"], correct=0)
    Summary.objects.create(session=session, asked="Why leaves are green.", turns=1)
    Mastery.objects.create(student=alice, skill=skill, known=0.6)
    Usage.objects.create(student=alice, day=timezone.localdate(), spoken_ms=900)
    SchoolClass.objects.create(name="4b").students.add(alice)
    RefreshToken.for_user(alice).blacklist()
    services.begin_turn(session.id, TextMessage(content="And in autumn?"))
    return turn


def files_with(text: bytes) -> list[str]:
    from django.core.files.storage import default_storage

    def walk(folder: str) -> list[str]:
        folders, names = default_storage.listdir(folder)
        return [f"{folder}{name}" for name in names] + [each for sub in folders for each in walk(f"{folder}{sub}/")]

    return [key for key in walk("") if text in media.read(key)]


def rows_of(student_id: int) -> list[str]:
    """Each row of each model that refers to the account."""
    found = []
    for model in apps.get_models(include_auto_created=True):
        for field in model._meta.concrete_fields:
            if isinstance(field, ForeignKey | OneToOneField) and field.related_model is User:
                found += [str(model._meta.label)] * model._default_manager.filter(**{field.name: student_id}).count()
    return found


def test_nothing_is_left_of_a_student_who_is_erased(
    told: Turn, alice: User, bob: User, admin: User, browser_of: Callable[[User], APIClient]
) -> None:
    browser = browser_of(alice)
    student_id, session_id = alice.id, told.session_id
    assert rows_of(student_id)
    assert len(files_with(f"of {session_id}".encode())) == 2

    erase_student(alice, by=admin)

    assert rows_of(student_id) == []
    assert files_with(f"of {session_id}".encode()) == []
    for model in (Session, Turn, Segment, Flag, Check, Summary, Mastery, Usage):
        assert not model._default_manager.exists()
    assert not User.objects.filter(email="alice@example.org").exists()
    assert list(redis_client().scan_iter("turn:*:log")) == []
    assert not history.search(Session.objects.all(), "green").exists()
    assert browser.get("/api/student/sessions").status_code == 401
    assert browser.get(f"/api/student/sessions/{session_id}").status_code == 401
    assert User.objects.filter(id=bob.id).exists()


def test_the_audit_log_keeps_that_somebody_was_erased_but_not_who(told: Turn, alice: User, admin: User) -> None:
    client = Client()
    client.force_login(admin)
    client.get(f"/admin/accounts/user/{alice.id}/change/")
    client.get(f"/admin/sessions_app/session/{told.session_id}/change/")

    client.post(f"/admin/accounts/user/{alice.id}/erase/")

    entries = list(AuditEntry.objects.order_by("id"))
    assert [entry.action for entry in entries if entry.kind == "user"] == ["opened", "erased"]
    assert {entry.label for entry in entries} == {f"erased account #{alice.id}"}
    assert not [entry for entry in entries if "alice" in json.dumps(entry.details).lower()]
    assert {entry.actor for entry in entries} == {admin}


def test_erasing_wants_to_be_confirmed(told: Turn, alice: User, admin: User) -> None:
    client = Client()
    client.force_login(admin)

    page = client.get(f"/admin/accounts/user/{alice.id}/erase/").content.decode()

    assert "1 session" in page
    assert User.objects.filter(id=alice.id).exists()


@pytest.mark.parametrize("who", ["dora", "alice", "self"])
def test_only_admins_erase_and_nobody_himself(told: Turn, alice: User, dora: User, admin: User, who: str) -> None:
    SchoolClass.objects.get(name="4b").teachers.add(dora)
    client = Client()
    client.force_login({"dora": dora, "alice": alice, "self": admin}[who])
    target = admin if who == "self" else alice

    answer = client.post(f"/admin/accounts/user/{target.id}/erase/")

    assert answer.status_code == (302 if who == "alice" else 403)
    assert "/admin/login" in answer.get("Location", "/admin/login")
    assert User.objects.filter(id=target.id).exists()


def test_an_erasing_that_broke_off_can_be_repeated(
    told: Turn, alice: User, admin: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(folder: str) -> None:
        raise OSError("the disk is away")

    with monkeypatch.context() as patch:
        patch.setattr(media, "delete_folder", broken)
        with pytest.raises(OSError, match="disk"):
            erase_student(alice, by=admin)

    erase_student(User.objects.get(id=alice.id), by=admin)

    assert files_with(f"of {told.session_id}".encode()) == []
    assert not User.objects.filter(id=alice.id).exists()


def test_all_data_of_a_student_are_one_file_and_his_alone(told: Turn, alice: User, bob: User, dora: User) -> None:
    bobs = Session.objects.create(student=bob, tutor=told.session.tutor)
    Turn.objects.create(session=bobs, number=1, status="completed", modality="text", user_text="Bob's own question")
    SchoolClass.objects.get(name="4b").teachers.add(dora)
    client = Client()
    client.force_login(dora)

    answer = client.get(f"/admin/accounts/user/{alice.id}/export/")

    content = b"".join(answer.streaming_content)  # type: ignore[attr-defined]
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        files = {name: archive.read(name) for name in archive.namelist()}
    account = json.loads(files["account.json"])
    assert (account["email"], account["classes"]) == ("alice@example.org", ["4b"])
    assert "password" not in account
    assert json.loads(files["usage.json"])[0]["spoken_ms"] == 900
    assert json.loads(files["progress.json"])[0]["skill__name"] == "Leaves"
    (said,) = (json.loads(data) for name, data in files.items() if name.endswith("session.json"))
    assert said["turns"][0]["user_text"] == "Why is it green?"
    assert f"voice of {told.session_id}".encode() in files.values()
    assert f"reply of {told.session_id}".encode() in files.values()
    assert not any(b"Bob's own question" in data for data in files.values())
    assert AuditEntry.objects.filter(action="exported", about=alice, actor=dora).count() == 1


@pytest.mark.parametrize("page", ["export/", "erase/", "change/"])
def test_a_teacher_of_others_finds_no_student(told: Turn, alice: User, dora: User, page: str) -> None:
    client = Client()
    client.force_login(dora)

    assert client.get(f"/admin/accounts/user/{alice.id}/{page}").status_code in (403, 404)
