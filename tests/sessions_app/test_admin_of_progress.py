"""Teachers see what the students of their classes know by now; nobody else's."""

import pytest
from django.test import Client

from accounts.models import AuditEntry, SchoolClass, User
from sessions_app import progress
from sessions_app.models import Skill, Tutor

LIST = "/admin/sessions_app/mastery/"


@pytest.fixture
def eve(db: None) -> User:
    """Teaches other classes."""
    return User.objects.create_user("eve@example.org", "a long passphrase", role=User.Role.TEACHER, is_staff=True)


@pytest.fixture
def school_class(alice: User, bob: User, charlie: User, dora: User, tutor: Tutor) -> SchoolClass:
    """Alice and Bob, taught by Dora; Alice was right once, Charlie is in no class."""
    school_class = SchoolClass.objects.create(name="5a")
    school_class.teachers.add(dora)
    school_class.students.add(alice, bob)
    light = Skill.objects.create(tutor=tutor, name="What light is")
    progress.note_answer(alice, light, True)
    progress.note_answer(charlie, light, False)
    return school_class


def at(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def test_a_teacher_sees_skills_by_students(school_class: SchoolClass, dora: User) -> None:
    page = at(dora).get(f"{LIST}class/{school_class.pk}/").content.decode()

    assert "What light is" in page
    assert "Getting there (67%)" in page
    assert "Alice" in page
    assert "Bob" in page
    assert "Charlie" not in page


def test_the_list_holds_the_teachers_students_alone(school_class: SchoolClass, dora: User) -> None:
    page = at(dora).get(LIST).content.decode()

    assert "Alice" in page
    assert "Charlie" not in page
    assert f"{LIST}class/{school_class.pk}/" in page


def test_a_student_has_a_page(school_class: SchoolClass, alice: User, dora: User) -> None:
    page = at(dora).get(f"{LIST}student/{alice.pk}/").content.decode()

    assert "What light is" in page
    assert "1 of 1" in page


def test_whoever_does_not_teach_them_finds_nothing(school_class: SchoolClass, alice: User, eve: User) -> None:
    client = at(eve)

    assert "Alice" not in client.get(LIST).content.decode()
    assert client.get(f"{LIST}class/{school_class.pk}/").status_code == 404
    assert client.get(f"{LIST}student/{alice.pk}/").status_code == 404


def test_a_teacher_finds_no_student_who_is_not_his(school_class: SchoolClass, charlie: User, dora: User) -> None:
    assert at(dora).get(f"{LIST}student/{charlie.pk}/").status_code == 404


@pytest.mark.parametrize("page", ["", "class/{school_class}/", "student/{student}/"])
def test_students_do_not_get_in(school_class: SchoolClass, alice: User, bob: User, page: str) -> None:
    address = LIST + page.format(school_class=school_class.pk, student=alice.pk)

    for who in (at(bob), Client()):
        assert who.get(address).status_code == 302


def test_the_staff_sees_all(school_class: SchoolClass, charlie: User) -> None:
    root = User.objects.create_superuser("root@example.org", "a long passphrase")

    assert "What light is" in at(root).get(f"{LIST}student/{charlie.pk}/").content.decode()


def test_what_was_opened_stands_in_the_audit_log(school_class: SchoolClass, alice: User, dora: User) -> None:
    client = at(dora)
    client.get(f"{LIST}class/{school_class.pk}/")
    client.get(f"{LIST}student/{alice.pk}/")

    kept = AuditEntry.objects.filter(actor=dora, action="opened", details__page="progress")
    assert set(kept.values_list("label", flat=True)) == {"5a", "Alice"}


def test_nothing_is_changed_here(school_class: SchoolClass, dora: User) -> None:
    assert at(dora).get(f"{LIST}add/").status_code == 403


def test_an_empty_class_says_so(dora: User) -> None:
    empty = SchoolClass.objects.create(name="5b")
    empty.teachers.add(dora)

    assert "Nobody has answered" in at(dora).get(f"{LIST}class/{empty.pk}/").content.decode()
