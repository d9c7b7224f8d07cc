"""Two thousand turns with engines that cost nothing: whether any process grows."""

import asyncio
from typing import Any

from bench import report
from bench.pretending import pretending
from bench.product import Student, hear, memory

TURNS, WARM_TURNS, STUDENTS, TURNS_A_SESSION = 2_000, 400, 4, 20
WANTED = 0.05


def run() -> dict[str, Any]:
    with pretending() as stack:
        from bench.students import several
        from sessions_app.models import Tutor

        tutor = Tutor.objects.get(name="Ada")
        students, kept = several(stack.base, STUDENTS), []
        for turns in range(WARM_TURNS, TURNS + 1, WARM_TURNS):
            asyncio.run(_talk(students, tutor.id, WARM_TURNS))
            kept.append(memory())
            print(f"  {turns} turns: " + ", ".join(f"{name} {size:.0f}" for name, size in kept[-1].items()))
    warm, last = kept[0], kept[-1]
    rows = [
        (name, f"{warm[name]:.1f}", f"{last[name]:.1f}", f"{last[name] / warm[name] - 1:+.1%}")
        for name in warm
        if name in last
    ]
    title = f"Memory, MB, after {WARM_TURNS} and after {TURNS} turns (wanted: ±{WANTED:.0%})"
    report.table(title, ("process", "then", "now", ""), rows)
    return {"turns": TURNS, "memory": kept}


async def _talk(students: list[Student], tutor_id: int, turns: int) -> None:
    await asyncio.gather(*(_turns_of(student, tutor_id, turns // len(students)) for student in students))


async def _turns_of(student: Student, tutor_id: int, turns: int) -> None:
    for begun in range(0, turns, TURNS_A_SESSION):
        async with student.socket(await asyncio.to_thread(student.open, tutor_id)) as socket:
            for number in range(begun, min(begun + TURNS_A_SESSION, turns)):
                heard = await hear(socket, {"type": "text", "content": f"What do plants need {number}?"})
                if not heard.binaries:
                    raise RuntimeError(f"a turn without a picture: {heard.done}")
