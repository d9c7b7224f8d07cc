"""What was said is found: in the newest sessions by looking through them, in all others by the index of PostgreSQL,
where these tests run, too, or by looking on."""

from datetime import timedelta

import pytest
from django.utils import timezone

from accounts.models import SchoolClass, User
from sessions_app import finding
from sessions_app.models import Session, Turn, Tutor

SAID = ["Why is the sky blue?", "What does 光合作用 need?", "Is water wet?", "And is water cold, or WARM?"]


@pytest.fixture
def lessons(alice: User, tutor: Tutor, monkeypatch: pytest.MonkeyPatch) -> list[Session]:
    """Each with a turn, the newest first. Only that one is looked through."""
    monkeypatch.setattr(finding, "NEWEST", 1)
    lessons = []
    for number, text in enumerate(SAID):
        at = timezone.now() - timedelta(hours=number)
        session = Session.objects.create(student=alice, tutor=tutor, last_activity=at)
        Turn.objects.create(
            session=session, number=1, modality="text", status="completed", user_text=text, reply_text="Let us see."
        )
        lessons.append(session)
    return lessons


def places(lessons: list[Session], text: str) -> list[int]:
    found = finding.find(Session.objects.all(), text).sessions
    return sorted(lessons.index(session) for session in found)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("blue", [0]),
        ("water", [2, 3]),
        ("wat", [2, 3]),
        ("WATER warm", [3]),
        ("water sky", []),
        ("quetzal", []),
        ("光合", [1]),
        ("合作用", [1]),
        ("作", [1]),
        ("光作", []),
        ("need 光合", [1]),
        ("' | & !", []),
        ("alice@", [0, 1, 2, 3]),
    ],
)
def test_words_are_found_wherever_they_were_said(lessons: list[Session], text: str, found: list[int]) -> None:
    assert places(lessons, text) == found


def test_of_a_common_word_the_newest_are_shown_and_it_says_so(
    lessons: list[Session], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(finding, "NEWEST", 3)
    monkeypatch.setattr(finding, "ENOUGH", 1)

    found = finding.find(Session.objects.all(), "water")

    assert list(found.sessions) == [lessons[2]]
    assert not found.all_of_them
    assert finding.find(Session.objects.all(), "warm").all_of_them


def test_a_teacher_finds_what_his_own_students_said(lessons: list[Session], dora: User, bob: User) -> None:
    four = SchoolClass.objects.create(name="4")
    four.teachers.add(dora)
    four.students.add(bob)
    Session.objects.filter(id__in=[lessons[0].id, lessons[2].id]).update(student=bob)

    found = finding.find(Session.objects.seen_by(dora), "water").sessions

    assert list(found) == [lessons[2]]


def test_a_title_is_found_too(lessons: list[Session]) -> None:
    Session.objects.filter(id=lessons[2].id).update(title="Puddles")

    assert places(lessons, "puddle") == [2]
