"""Sessions on the staff side: found, read and taken out by those who may, and nobody else."""

import csv
import io
import json
import re
import zipfile
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.models import AuditEntry, SchoolClass, User
from gpu_tasks import media
from sessions_app import bulk_export
from sessions_app.models import Avatar, Flag, Segment, Session, Summary, Turn

LIST = "/admin/sessions_app/session/"
Open = Callable[[User], Client]

pytestmark = [
    pytest.mark.django_db,
    # The server sends these asynchronously; the test's client does not.
    pytest.mark.filterwarnings("ignore:StreamingHttpResponse must consume asynchronous iterators"),
]


@pytest.fixture
def of() -> Open:
    def log_in(user: User) -> Client:
        client = Client()
        client.force_login(user)
        return client

    return log_in


@pytest.fixture
def root(db: None) -> User:
    return User.objects.create_superuser("root@example.org", "a long enough passphrase", name="Root")


@pytest.fixture
def class_of_alice(alice: User, dora: User) -> SchoolClass:
    taught = SchoolClass.objects.create(name="5a")
    taught.students.add(alice)
    taught.teachers.add(dora)
    return taught


@pytest.fixture
def turn(session: Session, face: Avatar) -> Turn:
    turn = Turn.objects.create(
        session=session,
        number=1,
        modality="audio",
        status=Turn.Status.COMPLETED,
        avatar=face,
        user_text="What does 光合作用 need?",
        user_audio=f"sessions/{session.id}/t/question.webm",
        reply_text="=1+1 is **light** <script>alert(1)</script>",
        citations=[{"number": 1, "document": "Photosynthesis", "page": 3, "quote": "Plants need light."}],
        degraded=["video"],
        degraded_reason="engine",
        timings={"first_token": 80, "first_frame": 1_234, "total": 2_000},
        stages={"speak:0": {"queued": 5, "ran": 300, "began": 400, "first": 650, "ended": 700, "attempt": 1}},
        policy={"decided": "", "beyond_material": False, "hint_level": 2},
    )
    for index in range(2):
        key = f"{turn.folder}{index}.wav"
        Segment.objects.create(turn=turn, index=index, text="Light.", duration_ms=900, audio=key)
    return turn


def found(client: Client, **query: str) -> set[str]:
    page = client.get(LIST, query)
    assert page.status_code == 200
    return {session.id for session in page.context["cl"].result_list}


def content(client: Client, address: str) -> bytes:
    response = client.get(address)
    assert response.status_code == 200
    return b"".join(response)  # type: ignore[arg-type]


# The page


def test_a_session_reads_like_a_conversation(of: Open, root: User, session: Session, turn: Turn) -> None:
    Flag.objects.create(turn=turn, direction="said", category="self-harm", severity=3, excerpt="I want to")
    Summary.objects.create(session=session, asked="What plants need.", hard="The word.", turns=1)

    page = of(root).get(f"{LIST}{session.id}/change/").content.decode()

    assert page.index("What does 光合作用 need?") < page.index("=1+1 is **light**")
    assert "<script>alert(1)" not in page
    assert "Photosynthesis, page 3" in page
    assert "Plants need light." in page
    assert "first picture 1.2 s" in page
    stage = re.findall("<td>([^<]*)</td>", page.partition("speak 0")[2])
    assert stage[:6] == ["0.01 s", "0.40 s", "0.65 s", "0.70 s", "0.30 s", "1"]
    assert "Not all of it came with the face." in page
    assert "A part of the system failed." in page
    assert "High: self-harm" in page
    assert "nobody has looked" in page
    assert "Policy: hint level 2<" in page
    assert "What plants need." in page


def test_media_are_played_by_signed_addresses(
    of: Open, root: User, session: Session, turn: Turn, nobody: Client
) -> None:
    media.save(turn.user_audio, b"voice")
    page = of(root).get(f"{LIST}{session.id}/change/").content.decode()
    address = next(part for part in page.split('"') if "question.webm" in part)

    assert nobody.get(address).content == b"voice"
    assert nobody.get(address.partition("?")[0]).status_code == 403
    assert 'preload="none"' in page
    assert page.count("0.wav?token=") >= 1
    assert "2 parts" in page


def test_a_turn_that_failed_says_what_the_student_was_told(of: Open, root: User, session: Session, turn: Turn) -> None:
    Turn.objects.update(status=Turn.Status.FAILED, error_code="timeout")

    page = of(root).get(f"{LIST}{session.id}/change/").content.decode()

    assert "It failed (timeout). The student was told: The tutor did not answer in time." in page


def test_a_long_session_has_pages_and_a_turn_is_found_on_its_own(of: Open, root: User, session: Session) -> None:
    turns = Turn.objects.bulk_create(
        Turn(session=session, number=number, modality="text", status="completed", user_text=f"Question {number}.")
        for number in range(1, 251)
    )
    address = f"{LIST}{session.id}/change/"

    assert "Question 1." in of(root).get(address).content.decode()
    page = of(root).get(address, {"turn": turns[149].id}).content.decode()
    assert "Question 150." in page
    assert "Question 250." not in page
    assert "turns 101–200 of 250" in page
    client = of(root)
    with CaptureQueriesContext(connection) as queries:
        client.get(address)
    assert len(queries) <= 20


def test_who_opens_a_session_is_kept(of: Open, root: User, session: Session, turn: Turn) -> None:
    of(root).get(f"{LIST}{session.id}/change/")

    entry = AuditEntry.objects.get(action="opened")
    assert (entry.actor, entry.kind, entry.object_id) == (root, "session", session.id)


def test_what_was_said_cannot_be_changed(of: Open, root: User, session: Session, turn: Turn) -> None:
    assert of(root).post(f"{LIST}{session.id}/change/", {"title": "x"}).status_code == 405
    assert of(root).get(f"{LIST}add/").status_code == 403


# Who may


@pytest.mark.parametrize("what", ["{}/change/", "{}/export/csv", "{}/export/json", "{}/export/vtt", "{}/delete/"])
def test_nobody_but_staff_comes_in(of: Open, alice: User, session: Session, what: str, nobody: Client) -> None:
    for client in (Client(), of(alice)):
        response = client.get(LIST + what.format(session.id))
        assert response.status_code == 302
        assert "/admin/login/" in response["Location"]
    assert not AuditEntry.objects.exists()


@pytest.mark.usefixtures("turn")
def test_a_teacher_reads_the_sessions_of_his_classes_only(
    of: Open, dora: User, session: Session, class_of_alice: SchoolClass
) -> None:
    mine = of(dora).get(f"{LIST}{session.id}/change/")
    assert "光合作用" in mine.content.decode()
    assert b"Photosynthesis" in content(of(dora), f"{LIST}{session.id}/export/csv")
    assert found(of(dora)) == found(of(dora), q="光合作用") == {session.id}

    class_of_alice.teachers.clear()
    theirs = of(dora).get(f"{LIST}{session.id}/change/")

    assert theirs.status_code == 404
    assert of(dora).get(f"{LIST}{session.id}/export/csv").status_code == 404
    assert found(of(dora)) == found(of(dora), q="光合作用") == found(of(dora), q="alice") == set()


@pytest.mark.usefixtures("class_of_alice")
def test_a_teacher_erases_nothing(of: Open, dora: User, session: Session) -> None:
    assert of(dora).get(f"{LIST}{session.id}/delete/").status_code == 403
    of(dora).post(LIST, {"action": "delete_selected", "_selected_action": session.id, "post": "yes"})

    assert Session.objects.exists()


@pytest.mark.usefixtures("turn")
def test_a_teacher_takes_out_none_of_others_by_naming_them(of: Open, dora: User, session: Session) -> None:
    of(dora).post(LIST, {"action": "export_csv", "_selected_action": session.id})

    assert not AuditEntry.objects.exists()


def test_a_filter_names_no_student_of_others(of: Open, dora: User, alice: User, bob: User) -> None:
    taught = SchoolClass.objects.create(name="5b")
    taught.students.add(bob)
    taught.teachers.add(dora)

    assert "Bob" in of(dora).get(LIST, {"student__id__exact": bob.id}).content.decode()
    assert "Alice" not in of(dora).get(LIST, {"student__id__exact": alice.id}).content.decode()


# Finding


@pytest.mark.parametrize(
    "words", ["光合作用", "光", "need light", "alice", "alice@example", "NEED", "what  LIGHT", "first talk"]
)
def test_sessions_are_found_by_what_was_said_by_whom_and_by_their_title(
    of: Open, root: User, bob: User, session: Session, turn: Turn, words: str
) -> None:
    Session.objects.filter(id=session.id).update(title="My first talk")
    other = Session.objects.create(student=bob, tutor=session.tutor)
    Turn.objects.create(session=other, number=1, modality="text", status="completed", user_text="Hello 作光")

    assert found(of(root), q=words) == ({session.id, other.id} if words == "光" else {session.id})
    assert found(of(root), q="nowhere said") == set()


def test_sessions_are_filtered(
    of: Open, root: User, bob: User, session: Session, turn: Turn, class_of_alice: SchoolClass
) -> None:
    old = Session.objects.create(student=bob, tutor=session.tutor, status="ended")
    Session.objects.filter(id=old.id).update(last_activity=timezone.now() - timedelta(days=9))
    Turn.objects.create(session=old, number=1, modality="text", status=Turn.Status.FAILED, error_code="internal")
    Flag.objects.create(turn=turn, direction="said", category="x", severity=1, excerpt="x", looked_at=timezone.now())
    Flag.objects.create(turn=old.turns.get(), direction="said", category="x", severity=1, excerpt="x")
    today = timezone.localdate().isoformat()
    client = of(root)

    assert found(client) == {session.id, old.id}
    assert found(client, **{"class": str(class_of_alice.id)}) == {session.id}
    assert found(client, student__id__exact=str(bob.id)) == {old.id}
    assert found(client, tutor__id__exact=str(session.tutor_id)) == {session.id, old.id}
    assert found(client, status__exact="ended") == {old.id}
    assert found(client, last_activity_from=today, last_activity_to=today) == {session.id}
    assert found(client, last_activity_to="2000-01-01") == set()
    assert found(client, **{"with": "alerts"}) == {session.id, old.id}
    assert found(client, **{"with": "open"}) == {old.id}
    assert found(client, **{"with": "failures"}) == {old.id}
    assert found(client, **{"with": "degraded"}) == {session.id}
    assert found(client, **{"with": "degraded", "q": "hello"}) == set()


def test_the_list_counts_turns_alerts_and_failures(of: Open, root: User, session: Session, turn: Turn) -> None:
    Turn.objects.create(session=session, number=2, modality="text", status=Turn.Status.FAILED)
    Flag.objects.create(turn=turn, direction="said", category="x", severity=1, excerpt="x")

    page = of(root).get(LIST)

    assert page.context["cl"].result_list[0].counts == {"all": 2, "failed": 1, "degraded": 1, "alerts": 1}
    assert "1 alert" in page.content.decode()


# Taking out


def rows(exported: bytes) -> list[dict[str, str]]:
    assert exported.startswith(b"\xef\xbb\xbf")
    return list(csv.DictReader(io.StringIO(exported.decode("utf-8-sig"))))


def test_csv_is_read_by_excel_and_runs_nothing_in_it(of: Open, root: User, session: Session, turn: Turn) -> None:
    (row,) = rows(content(of(root), f"{LIST}{session.id}/export/csv"))

    assert row["question"] == "What does 光合作用 need?"
    assert row["reply"].startswith("'=1+1")
    assert (row["student"], row["first picture (ms)"]) == ("Alice", "1234")
    assert row["sources"] == "[1] Photosynthesis, p. 3: Plants need light."


@pytest.mark.parametrize("cell", ["=1", "+1", "-1", "@x", " =1", "\t=1", "\rx", "＝1"])
def test_no_cell_begins_like_a_formula(of: Open, root: User, session: Session, turn: Turn, cell: str) -> None:
    Turn.objects.update(user_text=cell)

    (row,) = rows(content(of(root), f"{LIST}{session.id}/export/csv"))

    assert row["question"] == f"'{cell}"


def test_json_has_all_of_a_session(of: Open, root: User, session: Session, turn: Turn) -> None:
    Flag.objects.create(turn=turn, direction="said", category="x", severity=2, excerpt="x")

    (exported,) = json.loads(content(of(root), f"{LIST}{session.id}/export/json"))["sessions"]

    assert exported["student"] == {"name": "Alice", "email": "alice@example.org"}
    assert exported["turns"][0]["user_text"] == "What does 光合作用 need?"
    assert exported["alerts"][0]["severity"] == "medium"


def test_captions_of_several_sessions_come_as_a_zip(
    of: Open, root: User, bob: User, session: Session, turn: Turn
) -> None:
    other = Session.objects.create(student=bob, tutor=session.tutor)

    response = of(root).post(LIST, {"action": "export_webvtt", "_selected_action": [session.id, other.id]})
    archive = zipfile.ZipFile(io.BytesIO(b"".join(response)))  # type: ignore[arg-type]

    assert archive.testzip() is None
    assert len(archive.namelist()) == 2
    assert all(archive.read(name).startswith(b"WEBVTT") for name in archive.namelist())


def test_all_that_a_filter_finds_is_taken_out_and_kept_in_the_audit_log(
    of: Open, root: User, bob: User, session: Session, turn: Turn
) -> None:
    Session.objects.create(student=bob, tutor=session.tutor)
    chosen = {"action": "export_json", "select_across": "1", "_selected_action": session.id}

    response = of(root).post(f"{LIST}?with=degraded", chosen)
    exported = json.loads(b"".join(response))["sessions"]  # type: ignore[arg-type]

    assert [each["session_id"] for each in exported] == [session.id]
    entry = AuditEntry.objects.get(action="exported")
    assert (entry.actor, entry.object_id, entry.details) == (root, session.id, {"format": "json"})


def test_too_many_sessions_are_not_taken_out_at_once(
    of: Open, root: User, bob: User, session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bulk_export, "MOST", 1)
    other = Session.objects.create(student=bob, tutor=session.tutor)

    page = of(root).post(LIST, {"action": "export_csv", "_selected_action": [session.id, other.id]}, follow=True)

    assert "At most 1 sessions can be exported at once." in page.content.decode()
    assert not AuditEntry.objects.filter(action="exported").exists()


def test_nothing_taken_out_is_still_a_file() -> None:
    assert json.loads(b"".join(bulk_export.as_json(iter(())))) == {"sessions": []}
    assert rows(b"".join(bulk_export.as_csv(iter(())))) == []


# Erasing


@pytest.mark.usefixtures("redis")
def test_a_session_that_staff_erase_takes_its_files_with_it(of: Open, root: User, session: Session, turn: Turn) -> None:
    media.save(turn.user_audio, b"voice")

    of(root).post(f"{LIST}{session.id}/delete/", {"post": "yes"})

    assert not Session.objects.exists()
    with pytest.raises(FileNotFoundError):
        media.read(turn.user_audio)
    assert AuditEntry.objects.filter(action="deleted", object_id=session.id).exists()
