"""A school as it is after some years, made up: classes, students, sessions, what was said."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from random import Random

from django.utils import timezone

from accounts.models import SchoolClass, User
from sessions_app.models import Avatar, Flag, Segment, Session, Turn, Tutor, Usage

DAYS = 180
CHUNK = 2_000
SUBJECTS = ["light", "water", "cells", "energy", "fractions", "triangles", "verbs", "rivers", "planets", "atoms"]
VERBS = ["explain", "compare", "measure", "describe", "prove", "draw", "count", "solve", "find", "show"]
SYLLABLES = ["ka", "lo", "mi", "ren", "tas", "vo", "shu", "bel", "dor", "fin", "gra", "hum"]
CHINESE = [
    "光合",
    "作用",
    "水分",
    "细胞",
    "能量",
    "分数",
    "三角",
    "动词",
    "河流",
    "行星",
    "原子",
    "温度",
    "压力",
    "声音",
]
RARE, RARE_CHINESE = "zymurgy", "龘龘"
"""Said once in some thousands of turns."""


def fill(*, students: int, sessions: int, turns: int, seed: int = 1) -> None:
    chance = Random(seed)
    pupils = User.objects.bulk_create(
        User(email=f"pupil{number}@school.example", name=f"Pupil {number}", password="!") for number in range(students)
    )
    for number, begin in enumerate(range(0, students, 30)):
        taught = SchoolClass.objects.create(name=f"Class {number}")
        taught.students.set(pupils[begin : begin + 30])
    face = Avatar.objects.create(avatar_id="bench", name="Bench", kind=Avatar.Kind.ILLUSTRATED)
    tutors = [
        Tutor.objects.create(name=f"Tutor {number}", subject=subject, persona="You teach.", voice="tone")
        for number, subject in enumerate(SUBJECTS)
    ]
    # Whole seconds ago, newest last.
    begun = sorted(timezone.now() - timedelta(seconds=chance.randrange(DAYS * 86_400)) for _ in range(sessions))
    opened = Session.objects.bulk_create(
        (
            Session(
                student=chance.choice(pupils),
                tutor=chance.choice(tutors),
                title=_question(chance),
                status=Session.Status.ENDED,
                last_activity=at,
            )
            for at in begun
        ),
        CHUNK,
    )
    each = max(1, turns // sessions)
    said: list[Turn] = []
    for session, at in zip(opened, begun, strict=True):
        said += _turns(chance, session, at, each, face)
        if len(said) >= CHUNK:
            _save(chance, said)
            said = []
    _save(chance, said)
    days = [timezone.localdate() - timedelta(days=back) for back in range(60)]
    Usage.objects.bulk_create(
        (Usage(student=pupil, day=day, spoken_ms=chance.randrange(600_000)) for pupil in pupils for day in days), CHUNK
    )


def _turns(chance: Random, session: Session, at: datetime, number: int, face: Avatar) -> Iterator[Turn]:
    for place in range(1, number + 1):
        failed, degraded = chance.random() < 0.01, chance.random() < 0.04
        question = _question(chance)
        yield Turn(
            session=session,
            number=place,
            avatar=face,
            modality=chance.choice(Turn.Modality.values),
            status=Turn.Status.FAILED if failed else Turn.Status.COMPLETED,
            user_text=question,
            reply_text="" if failed else _reply(chance),
            error_code="timeout" if failed else "",
            degraded=["video"] if degraded else [],
            degraded_reason="busy" if degraded else "",
            timings={"first_token": 300, "first_frame": chance.randrange(600, 4_000), "total": 9_000},
            created_at=at + timedelta(seconds=30 * place),
            ended_at=at + timedelta(seconds=30 * place + 9),
        )


def _save(chance: Random, turns: list[Turn]) -> None:
    when = {turn.id: turn.created_at for turn in turns}
    field = Turn._meta.get_field("created_at")
    field.auto_now_add = False  # the rows are of many days
    try:
        Turn.objects.bulk_create(turns)
    finally:
        field.auto_now_add = True
    assert all(turn.created_at == when[turn.id] for turn in turns)
    Segment.objects.bulk_create(Segment(turn=turn, index=0, text=turn.reply_text, duration_ms=8_000) for turn in turns)
    alarming = [turn for turn in turns if chance.random() < 0.003]
    Flag.objects.bulk_create(
        Flag(
            turn=turn,
            direction=Flag.Direction.SAID,
            category="insult",
            severity=chance.choice(Flag.Severity.values),
            excerpt=turn.user_text,
            looked_at=turn.ended_at if chance.random() < 0.95 else None,
        )
        for turn in alarming
    )


def _question(chance: Random) -> str:
    if chance.random() < 0.2:
        rare = RARE_CHINESE if chance.random() < 0.001 else ""
        return f"请解释{chance.choice(CHINESE)}和{chance.choice(CHINESE)}的关系{rare}？"
    rare = f" and {RARE}" if chance.random() < 0.0003 else ""
    return f"Can you {chance.choice(VERBS)} {chance.choice(SUBJECTS)} with {_word(chance)}{rare}?"


def _reply(chance: Random) -> str:
    return f"Think of {chance.choice(SUBJECTS)}: " + " ".join(_word(chance) for _ in range(25)) + "."


def _word(chance: Random) -> str:
    return "".join(chance.choices(SYLLABLES, k=3))
