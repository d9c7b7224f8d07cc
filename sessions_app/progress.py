"""What students know by now: of each skill, how likely it is, from the quick checks they answered."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from django.db import transaction

from accounts.models import User
from sessions_app import tracing
from sessions_app.models import Mastery, Skill, Tutor


def note_answer(student: User, skill: Skill, correct: bool) -> Mastery:
    """Take one more answer into account; answers that come at once count one after the other."""
    with transaction.atomic():
        Mastery.objects.get_or_create(student=student, skill=skill, defaults={"known": tracing.P_INIT})
        mastery = Mastery.objects.select_for_update().get(student=student, skill=skill)
        mastery.known = tracing.after_answer(mastery.known, correct)
        mastery.answered += 1
        mastery.correct += correct
        mastery.save()
    return mastery


@dataclass(frozen=True, slots=True)
class TutorProgress:
    tutor: Tutor
    skills: list[Mastery] = field(default_factory=list)


def of_student(student: User) -> list[TutorProgress]:
    """By tutor; of each, what is least known comes first."""
    by_tutor: dict[int, TutorProgress] = {}
    rows = Mastery.objects.filter(student=student).select_related("skill__tutor")
    for mastery in rows.order_by("skill__tutor__name", "skill__tutor_id", "known", "skill__name"):
        tutor = mastery.skill.tutor
        by_tutor.setdefault(tutor.id, TutorProgress(tutor)).skills.append(mastery)
    return list(by_tutor.values())


@dataclass(frozen=True, slots=True)
class SkillRow:
    """One skill and what each of some students knows of it, in their order; None: never asked."""

    skill: Skill
    cells: list[Mastery | None]


def of_students(students: Iterable[User]) -> list[SkillRow]:
    found = list(students)
    rows = Mastery.objects.filter(student__in=found).select_related("skill__tutor")
    cells = {(mastery.skill_id, mastery.student_id): mastery for mastery in rows}
    skills = {mastery.skill_id: mastery.skill for mastery in cells.values()}
    in_order = sorted(skills.values(), key=lambda skill: (skill.tutor.name, skill.tutor_id, skill.name))
    return [SkillRow(skill, [cells.get((skill.id, student.id)) for student in found]) for skill in in_order]
