"""Real processes with engines that pretend to work: 1 to 16 workers of the last stage, each a process of its own, and
twice as many students who never stop asking. What the simulation leaves out is in here: Redis, Celery, sockets."""

import asyncio
import time
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from statistics import median
from typing import Any

from bench import report
from bench.pretending import fake, pretending
from bench.product import Heard, Student, hear
from tutor_site.supervisor import WorkerSpec

WORKERS = (1, 2, 4, 8, 16)
FRAMES_PER_SECOND = 50.0
"""Of a pretended card: two faces at once. Slower than a real one, so that sixteen do not ask more of this machine than
it has."""
REPLY = "Leaves take in light and air. Roots take in water. Together they make sugar, and the plant lives on it."
STAGES = {
    "llm": fake("gpu_tasks.engines.llm.fake.FakeChat", script=REPLY, delay=0.02),
    "tts": fake("bench.slow_engines.SlowVoice", seconds=0.1),
    "avatar": fake("bench.slow_engines.SlowFace", frames_per_second=FRAMES_PER_SECOND),
}
SECONDS, WARM_SECONDS = 40.0, 5.0
WANTED = 0.95


def run() -> list[dict[str, Any]]:
    # Each in a process of its own: Django is set up once in each, with one database.
    with ProcessPoolExecutor(1, get_context("spawn"), max_tasks_per_child=1) as process:
        found = list(process.map(measured, WORKERS))
    one = found[0]["turns_per_second"]
    rows = [
        (
            str(row["workers"]),
            f"{row['turns_per_second']:.2f}",
            f"{row['turns_per_second'] / one / row['workers']:.2f}",
            f"{row['p50']:.2f}",
            f"{row['p95']:.2f}",
            str(row["degraded"]),
            str(row["failed"]),
        )
        for row in found
    ]
    columns = ("workers", "turns/s", "of linear", "first picture, s", "p95", "degraded", "failed")
    report.table(f"Real processes with engines that pretend (wanted: ≥ {WANTED} of linear)", columns, rows)
    return found


def measured(workers: int) -> dict[str, Any]:
    with pretending(STAGES, _workers(workers), TURNS_AT_ONCE="64") as stack:
        from bench.students import several
        from sessions_app.models import Tutor

        students, tutor_id = several(stack.base, 2 * workers), Tutor.objects.get(name="Ada").id
        began = time.time()
        turns = asyncio.run(_ask_all(students, tutor_id, began + SECONDS))
    firsts = [turn.binaries[0] for turn in turns if turn.binaries]
    return {
        "workers": workers,
        "turns": len(turns),
        "turns_per_second": rate(turns, began + WARM_SECONDS, began + SECONDS),
        "p50": median(firsts),
        "p95": report.p95(firsts),
        "degraded": sum(bool(turn.done["degraded"]) for turn in turns),
        "failed": sum(not turn.binaries for turn in turns),
    }


def rate(turns: list[Heard], since: float, until: float) -> float:
    """Turns a second while everybody asks. Of one that was under way at the beginning or the end counts what fell in
    between: afterwards some workers have nothing left to do, the more the more there are."""
    done = 0.0
    for turn in turns:
        asked, lasted = turn.asked_at / 1000, turn.first("done")
        done += max(0.0, min(asked + lasted, until) - max(asked, since)) / lasted
    return done / (until - since)


async def _ask_all(students: list[Student], tutor_id: int, until: float) -> list[Heard]:
    asking = await asyncio.gather(*(_asks(student, tutor_id, until) for student in students))
    return [turn for turns in asking for turn in turns]


async def _asks(student: Student, tutor_id: int, until: float) -> list[Heard]:
    heard = []
    async with student.socket(await asyncio.to_thread(student.open, tutor_id)) as socket:
        while time.time() < until:
            heard.append(await hear(socket, {"type": "text", "content": "What do plants need?"}))
    return heard


def _workers(number: int) -> list[WorkerSpec]:
    slots = {"asr": 1, "llm": 32, "tts": 16, "default": 4}
    others = [
        WorkerSpec(name=queue, queues=(queue,), concurrency=each, database=queue == "default")
        for queue, each in slots.items()
    ]
    return [*others, *(WorkerSpec(name=f"avatar-{each}", queues=("avatar",), concurrency=2) for each in range(number))]
