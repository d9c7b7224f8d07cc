"""Which tutor is open to whom."""

from collections.abc import Callable

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from rest_framework.test import APIClient

from accounts.models import SchoolClass, User
from sessions_app.errors import Refused
from sessions_app.lifecycle import NotYours, TutorGone, open_session, resume_session
from sessions_app.models import Session, Tutor
from sessions_app.protocol import TextMessage
from sessions_app.services import begin_turn

pytestmark = pytest.mark.django_db


def new_tutor(name: str, **fields: object) -> Tutor:
    return Tutor.objects.create(name=name, subject="Science", persona="", voice="tone", **fields)


@pytest.fixture
def school(alice: User, bob: User, dora: User) -> dict[str, User]:
    """Alice is in 4b, which Dora teaches; Bob in 5a, which Tim teaches."""
    tim = User.objects.create_user("tim@example.org", role=User.Role.TEACHER)
    root = User.objects.create_superuser("root@example.org")
    four, five = SchoolClass.objects.create(name="4b"), SchoolClass.objects.create(name="5a")
    four.students.add(alice)
    four.teachers.add(dora)
    five.students.add(bob)
    five.teachers.add(tim)
    new_tutor("of all")
    new_tutor("of 4b").classes.add(four)
    new_tutor("of both").classes.add(four, five)
    new_tutor("of 5a, closed", is_open=False).classes.add(five)
    new_tutor("of all, closed", is_open=False)
    new_tutor("tried by Dora", is_open=False, tried_by=dora)
    return {"alice": alice, "bob": bob, "dora": dora, "tim": tim, "root": root}


@pytest.mark.parametrize(
    ("who", "names"),
    [
        ("alice", {"of all", "of 4b", "of both"}),
        ("bob", {"of all", "of both"}),
        ("dora", {"of all", "of 4b", "of both", "tried by Dora"}),
        ("tim", {"of all", "of both", "of 5a, closed"}),
        ("root", {"of all", "of 4b", "of both", "of 5a, closed", "of all, closed"}),
    ],
)
def test_everybody_meets_the_tutors_open_to_him(school: dict[str, User], who: str, names: set[str]) -> None:
    found = list(Tutor.objects.open_to(school[who]).values_list("name", flat=True))

    assert set(found) == names
    assert len(found) == len(names)


@pytest.mark.usefixtures("redis")
def test_a_tutor_of_another_class_can_neither_be_opened_nor_resumed(school: dict[str, User]) -> None:
    theirs = Tutor.objects.get(name="of 4b")
    with pytest.raises(NotYours):
        open_session(school["bob"], theirs.id, None)
    with pytest.raises(TutorGone):
        resume_session(Session.objects.create(student=school["bob"], tutor=theirs, status="ended"))


@pytest.mark.usefixtures("redis")
def test_a_face_of_another_class_cannot_be_borrowed(school: dict[str, User], tutor: Tutor) -> None:
    tutor.classes.add(SchoolClass.objects.get(name="4b"))
    session = open_session(school["bob"], Tutor.objects.get(name="of all").id, None)

    with pytest.raises(Refused) as refused:
        begin_turn(session.id, TextMessage(content="Hello", avatar_id="avatar_tutor_13"))

    assert refused.value.code == "unknown_avatar"


def test_ten_tutors_cost_no_more_queries_than_one(
    alice: User, tutor: Tutor, browser_of: Callable[[User], APIClient]
) -> None:
    browser = browser_of(alice)

    def queries() -> int:
        with CaptureQueriesContext(connection) as captured:
            assert browser.get("/api/tutors").status_code == 200
        return len(captured)

    one = queries()
    for number in range(9):
        another = new_tutor(f"tutor {number}")
        another.avatars.add(tutor.avatars.get())

    assert queries() == one
