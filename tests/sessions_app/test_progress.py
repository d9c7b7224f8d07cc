"""What a student knows by now, by tutor and skill; his own alone."""

from collections.abc import Callable

import pytest
from rest_framework.test import APIClient

from accounts.models import User
from sessions_app import progress
from sessions_app.models import Mastery, Skill, Tutor
from sessions_app.tracing import P_INIT, after_answer

pytestmark = pytest.mark.django_db


@pytest.fixture
def light(tutor: Tutor) -> Skill:
    return Skill.objects.create(tutor=tutor, name="Light")


def test_answers_count_one_after_the_other(alice: User, light: Skill) -> None:
    progress.note_answer(alice, light, True)
    mastery = progress.note_answer(alice, light, False)

    assert mastery.known == pytest.approx(after_answer(after_answer(P_INIT, True), False))
    assert (mastery.answered, mastery.correct) == (2, 1)
    assert Mastery.objects.count() == 1


def test_a_student_reads_his_own(
    alice: User, bob: User, tutor: Tutor, light: Skill, browser_of: Callable[[User], APIClient]
) -> None:
    water = Skill.objects.create(tutor=tutor, name="Water")
    progress.note_answer(alice, light, True)
    progress.note_answer(alice, water, False)
    progress.note_answer(bob, light, True)

    (found,) = browser_of(alice).get("/api/student/progress").json()

    assert (found["tutor_name"], found["subject"]) == ("Ada", "Science")
    assert [(skill["name"], skill["level"], skill["answered"], skill["correct"]) for skill in found["skills"]] == [
        ("Water", "beginning", 1, 0),
        ("Light", "growing", 1, 1),
    ]


def test_who_was_never_asked_has_none(alice: User, browser_of: Callable[[User], APIClient]) -> None:
    assert browser_of(alice).get("/api/student/progress").json() == []


def test_a_class_is_shown_skill_by_student(alice: User, bob: User, tutor: Tutor, light: Skill) -> None:
    progress.note_answer(bob, light, True)

    (row,) = progress.of_students([alice, bob])

    assert row.skill == light
    assert row.cells[0] is None
    assert row.cells[1] is not None
    assert row.cells[1].correct == 1
