import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import AuditEntry, SchoolClass, User
from sessions_app.admin.alerts import serious_and_unseen
from sessions_app.models import Flag, Session, Turn

pytestmark = pytest.mark.usefixtures("redis")


@pytest.fixture
def alert(session: Session) -> Flag:
    turn = Turn.objects.create(session=session, number=1, modality="text", user_text="I want to die.")
    return Flag.objects.create(
        turn=turn, direction="said", category="Self-harm", severity=Flag.Severity.HIGH, excerpt="I want to die."
    )


@pytest.fixture
def her_teacher(alice: User, dora: User) -> User:
    taught = SchoolClass.objects.create(name="4b")
    taught.students.add(alice)
    taught.teachers.add(dora)
    return dora


@pytest.fixture
def other_teacher(db: None) -> User:
    return User.objects.create_user("tim@example.org", role=User.Role.TEACHER, is_staff=True)


def staff_side(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def page(alert: Flag) -> str:
    return reverse("admin:sessions_app_flag_change", args=[alert.id])


def test_who_opens_an_alert_has_looked_and_it_is_kept(alert: Flag, her_teacher: User) -> None:
    shown = staff_side(her_teacher).get(page(alert)).content.decode()

    alert.refresh_from_db()
    assert "I want to die." in shown
    assert reverse("admin:sessions_app_session_change", args=[alert.turn.session_id]) in shown
    assert (alert.looked_by, alert.looked_at is not None) == (her_teacher, True)
    assert AuditEntry.objects.filter(actor=her_teacher, kind="alert", object_id=str(alert.id)).exists()


def test_who_looked_first_stays_named(alert: Flag, her_teacher: User, other_teacher: User) -> None:
    User.objects.filter(id=other_teacher.id).update(role=User.Role.ADMIN, is_superuser=True)
    for user in (her_teacher, User.objects.get(id=other_teacher.id)):
        staff_side(user).get(page(alert))

    alert.refresh_from_db()
    assert alert.looked_by == her_teacher


def test_another_teacher_neither_finds_nor_opens_it(alert: Flag, other_teacher: User) -> None:
    client = staff_side(other_teacher)

    assert client.get(page(alert)).status_code == 404
    assert "I want to die." not in client.get(reverse("admin:sessions_app_flag_changelist")).content.decode()
    alert.refresh_from_db()
    assert alert.looked_at is None


def test_those_that_nobody_looked_at_are_found(alert: Flag, her_teacher: User) -> None:
    client, every = staff_side(her_teacher), reverse("admin:sessions_app_flag_changelist")

    assert "I want to die." in client.get(every, {"looked": "nobody"}).content.decode()
    client.get(page(alert))
    assert "I want to die." not in client.get(every, {"looked": "nobody"}).content.decode()
    assert "I want to die." in client.get(every, {"looked": "me"}).content.decode()


def test_a_note_is_all_that_can_be_changed(alert: Flag, her_teacher: User) -> None:
    staff_side(her_teacher).post(page(alert), {"note": "Called her parents.", "excerpt": "nothing", "severity": 1})

    alert.refresh_from_db()
    assert (alert.note, alert.excerpt, alert.severity) == ("Called her parents.", "I want to die.", Flag.Severity.HIGH)


def test_the_serious_ones_that_nobody_saw_are_counted_for_who_may_see_them(
    alert: Flag, her_teacher: User, other_teacher: User
) -> None:
    assert (serious_and_unseen(her_teacher), serious_and_unseen(other_teacher)) == (1, 0)
    staff_side(her_teacher).get(page(alert))
    assert serious_and_unseen(her_teacher) == 0
