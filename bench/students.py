"""Four students at once, each with a face: whether every turn completes, and whether a picture ever stands still."""

import asyncio
from statistics import median
from typing import Any

from bench import report
from bench.product import Heard, Student, hear
from bench.questions import QUESTIONS
from sessions_app.models import Tutor

STUDENTS, ROUNDS = 4, 8
PASSWORD = "of-the-bench-alone"
PREFIX_SECONDS = 3.0


async def _turns(student: Student, tutor: Tutor, questions: list[str]) -> list[Heard]:
    """One after the other in a session, as a student does who listens to the end."""
    heard = []
    async with student.socket(await asyncio.to_thread(student.open, tutor.id)) as socket:
        await asyncio.sleep(PREFIX_SECONDS)
        for question in questions:
            turn = await hear(socket, {"type": "text", "content": question})
            heard.append(turn)
            await asyncio.sleep(max(0.0, turn.played_until - turn.first("done")))
    return heard


async def _together(students: list[Student], tutor: Tutor) -> list[Heard]:
    asking = [_turns(student, tutor, list(QUESTIONS[i::STUDENTS][:ROUNDS])) for i, student in enumerate(students)]
    return [turn for turns in await asyncio.gather(*asking) for turn in turns]


def several(base: str, number: int) -> list[Student]:
    from accounts.models import User

    emails = [f"bench{i}@example.com" for i in range(number)]
    for email in emails:
        if not User.objects.filter(email=email).exists():
            User.objects.create_user(email=email, password=PASSWORD, name="Bench")
    return [Student(base, email, PASSWORD) for email in emails]


def run(student: Student) -> dict[str, Any]:
    tutor = Tutor.objects.get(name="Ada")
    turns = asyncio.run(_together(several(student.base, STUDENTS), tutor))
    degraded = [
        f"{'+'.join(turn.done['degraded'])}: {turn.done['degraded_reason']}" for turn in turns if turn.done["degraded"]
    ]
    pauses = [sum(turn.stalls()) for turn in turns if turn.stalls()]
    errors = [message["code"] for turn in turns for _, message in turn.messages if message["type"] == "error"]
    firsts = [turn.binaries[0] for turn in turns if turn.binaries]
    rows = [
        ("turns", str(len(turns))),
        ("of them with an error", f"{len(errors)} {', '.join(sorted(set(errors)))}"),
        ("that went on with less, and said so", f"{len(degraded)} ({', '.join(sorted(set(degraded)))})"),
        (
            "whose picture stood still after it had begun",
            f"{len(pauses)}, together s: {report.spread(pauses or [0.0])}",
        ),
        ("first picture, s", report.spread(firsts)),
        ("seconds of video by second", f"{median(sum(turn.seconds) / turn.first('done') for turn in turns):.2f}"),
    ]
    report.table(f"{STUDENTS} students at once, {ROUNDS} turns each", ("", ""), rows)
    return {
        "turns": len(turns),
        "errors": errors,
        "degraded": degraded,
        "stalls": [turn.stalls() for turn in turns],
        "first_frames": firsts,
    }
