"""Interruption: how long anything of the old turn still arrives, and whether the workers are free for the next."""

import asyncio
import json
import random
import time
from statistics import median
from typing import Any

from bench import report
from bench.product import Student, ask, incoming
from sessions_app.models import Tutor

ROUNDS = 20


async def _interrupted(student: Student, tutor: Tutor, pause: float) -> dict[str, float]:
    opened = await asyncio.to_thread(student.open, tutor.id)
    async with student.socket(opened) as socket:
        question = random.choice(tutor.suggested_questions)
        began = time.perf_counter()
        await socket.send(json.dumps({"type": "text", "content": question}))
        interrupted_at, last_old, done = None, None, None
        async for kind, message, at in incoming(socket, began):
            if interrupted_at is None and kind == "binary":
                await asyncio.sleep(pause)
                interrupted_at = time.perf_counter() - began
                await socket.send('{"type":"interrupt"}')
                continue
            # What lay in the socket while we slept counts too: a browser would have played it.
            if interrupted_at is not None and at > interrupted_at:
                last_old = at
                if kind == "text" and message["type"] == "done":
                    done = at
                    break
        if interrupted_at is None or done is None or last_old is None:
            raise ConnectionError("the turn ended without being interrupted")
        following = await ask(socket, question)
        turn_id = following.done["turn_id"]
        return {
            "last_of_old_turn": last_old - interrupted_at,
            "done": done - interrupted_at,
            "next_first_frame": following.binaries[0],
            "strays": sum(message["turn_id"] != turn_id for _, message in following.messages),
        }


def run(student: Student) -> list[dict[str, Any]]:
    random.seed(7)
    tutor = Tutor.objects.get(name="Ada")
    rounds = [asyncio.run(_interrupted(student, tutor, random.uniform(0.0, 0.8))) for _ in range(ROUNDS)]
    rows = [
        (name, *(f"{f([row[name] for row in rounds]) * 1000:.0f}" for f in (median, report.p95, max)))
        for name in ("last_of_old_turn", "done", "next_first_frame")
    ]
    title = f"Interruption, ms after it was sent, {ROUNDS} times (wanted: last_of_old_turn p95 ≤ 300)"
    report.table(title, ("", "median", "p95", "most"), rows)
    print(f"  messages of an old turn after its end: {sum(row['strays'] for row in rounds)}")
    return rounds
