"""A school in which everybody asks for what is Alice's: her class is taught by Dora, and by nobody else."""

from typing import Any, NamedTuple

import pytest
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver
from rest_framework.test import APIClient
from rest_framework_simplejwt.tokens import RefreshToken

from accounts.models import AuditEntry, SchoolClass, User
from gpu_tasks import media
from sessions_app.models import Avatar, Check, Flag, KnowledgeBase, Mastery, Session, Skill, Turn, Tutor

PASSWORD = "a long enough passphrase"
PEOPLE = ("nobody", "alice", "bob", "dora", "tim", "root")
"""Anonymous, the student, another student, her teacher, another teacher, the staff."""


class School(NamedTuple):
    session: Session
    turn: Turn
    ids: dict[str, Any]
    people: dict[str, User]


@pytest.fixture
def school(session: Session, alice: User, bob: User, dora: User, plants: KnowledgeBase) -> School:
    tim = User.objects.create_user("tim@example.org", PASSWORD, name="Tim", role=User.Role.TEACHER)
    root = User.objects.create_superuser("root@example.org", PASSWORD, name="Root")
    four, five = SchoolClass.objects.create(name="Form Four"), SchoolClass.objects.create(name="5a")
    four.students.add(alice)
    four.teachers.add(dora)
    five.students.add(bob)
    five.teachers.add(tim)
    session.tutor.classes.add(four)
    Tutor.objects.filter(id=session.tutor_id).update(name="Tutor of four", greeting="Hello, four!")
    turn = Turn.objects.create(
        session=session,
        number=1,
        status="completed",
        modality="text",
        user_text="Why is the sky blue?",
        reply_text="Because of how light is scattered.",
    )
    media.save(f"{turn.folder}0.mp4", b"a reply")
    skill = Skill.objects.create(tutor=session.tutor, name="Rayleigh scattering")
    flag = Flag.objects.create(turn=turn, direction="said", category="Insult", severity=1, excerpt="sky blue")
    Check.objects.create(
        session=session, skill=skill, position=1, question="Why is it blue?", choices=["Light", "Paint"], correct=0
    )
    spare = Avatar.objects.create(avatar_id="avatar_spare", name="Spare", kind="illustrated", added_by=dora)
    entry = AuditEntry.objects.create(actor=dora, actor_name="Dora", action="opened", kind="session")
    ids = {
        "auditentry": entry.id,
        "avatar": spare.id,
        "flag": flag.id,
        "mastery": Mastery.objects.create(student=alice, skill=skill, known=0.4).id,
        "knowledgebase": plants.id,
        "schoolclass": four.id,
        "session": session.id,
        "tutor": session.tutor_id,
        "user": alice.id,
    }
    return School(session, turn, ids, {"alice": alice, "bob": bob, "dora": dora, "tim": tim, "root": root})


def routes(patterns: list[URLPattern | URLResolver], prefix: str = "") -> list[str]:
    found = []
    for pattern in patterns:
        route = prefix + str(pattern.pattern)
        found += routes(pattern.url_patterns, route) if isinstance(pattern, URLResolver) else [route]
    return found


def pages() -> list[str]:
    every = routes(get_resolver().url_patterns)
    # Django's last resort, which only says 404, and its old address of a change page.
    return [
        each for each in every if each.startswith("admin/") and not each.endswith(("(?P<url>.*)$", "<path:object_id>/"))
    ]


def calls() -> list[str]:
    return [each for each in routes(get_resolver().url_patterns) if not each.startswith(("admin/", "^"))]


def address(school: School, route: str) -> str:
    model = route.split("/")[2] if route.startswith("admin/") and route.count("/") > 2 else ""
    found = route
    for name, value in {
        "^(?P<app_label>accounts|sessions_app)/$": "sessions_app/",
        "<path:object_id>": school.ids.get(model, ""),
        "<id>": school.ids["user"],
        "<int:avatar_pk>": school.ids["avatar"],
        "<int:base_id>": school.ids["knowledgebase"],
        "<int:tutor_pk>": school.ids["tutor"],
        "student/<int:pk>": f"student/{school.ids['user']}",
        "class/<int:pk>": f"class/{school.ids['schoolclass']}",
        "<int:pk>": school.ids["tutor"],
        "<str:session_id>": school.session.id,
        "<str:form>": "json",
        "<int:position>": 1,
        "<path:key>": f"{school.turn.folder}0.mp4",
    }.items():
        found = found.replace(name, str(value))
    return "/" + found


def on_the_staff_side(school: School, who: str) -> Client:
    client = Client()
    if who != "nobody":
        client.force_login(school.people[who])
    return client


def in_the_app(school: School, who: str) -> APIClient:
    client = APIClient()
    if who != "nobody":
        client.credentials(HTTP_AUTHORIZATION=f"Bearer {RefreshToken.for_user(school.people[who]).access_token}")
    return client
