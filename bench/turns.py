"""Time to the first picture: the product, the floor and the serial way, one after the other for each question."""

import asyncio
import time
from datetime import datetime
from statistics import median
from typing import Any

from bench import report
from bench.direct import Direct
from bench.product import Heard, Student, ask
from bench.questions import QUESTIONS
from gpu_tasks.events import now_ms
from sessions_app import prompts
from sessions_app.models import Session, Tutor

ROUNDS = 10
PREFIX_SECONDS = 1.5
AFTER_SECONDS = 3.0
"""After a turn the product reads ahead; the model is not shared with that by those who come next."""


def critical_path(heard: Heard) -> dict[str, float]:
    """Where a product turn's time to its first picture went, in ms."""
    stages = heard.done["stages"]
    path = [item for item in ("transcribe", "retrieve", "reply", "speak:0", "animate:0") if item in stages]
    return {item: stages[item]["queued"] for item in path}


def delivery_ms(heard: Heard, asked_at: int) -> float:
    """From the writing of an event by a worker to its arrival here, of the fragments."""
    return median(
        asked_at + at * 1000 - datetime.fromisoformat(message["timestamp"]).timestamp() * 1000
        for at, message in heard.messages
        if message["type"] in ("delta", "fragment")
    )


async def _product(student: Student, tutor: Tutor, question: str) -> tuple[Heard, int, Session]:
    opened = await asyncio.to_thread(student.open, tutor.id)
    session = await asyncio.to_thread(lambda: Session.objects.get(id=opened["session_id"]))
    async with student.socket(opened) as socket:
        # A student reads the greeting before he asks: by then the prefix has been read.
        await asyncio.sleep(PREFIX_SECONDS)
        asked_at = now_ms()
        return await ask(socket, question), asked_at, session


def run(student: Student) -> dict[str, Any]:
    tutor = Tutor.objects.get(name="Ada")
    direct = Direct(tutor)
    questions = iter(QUESTIONS)
    ways: dict[str, list[dict[str, float]]] = {"product": [], "floor": [], "serial": []}
    hops: list[dict[str, float]] = []
    for lap in range(ROUNDS + 1):
        heard, asked_at, session = asyncio.run(_product(student, tutor, next(questions)))
        time.sleep(AFTER_SECONDS)
        prefix = prompts.prefix(session, prompts.material_of(session))
        floor = direct.streaming([*prefix, prompts.question(next(questions), [])])
        serial = direct.serial([*prefix, prompts.question(next(questions), [])])
        if lap == 0:
            continue  # everybody's first time
        ways["product"].append(
            {
                "first_token": heard.first("delta"),
                "first_audio": heard.done["timings"]["first_audio"] / 1000,
                "first_frame": heard.binaries[0],
                "total": heard.first("done"),
            }
        )
        ways["floor"].append(vars(floor))
        ways["serial"].append(vars(serial))
        waits = {**critical_path(heard), "delivery": delivery_ms(heard, asked_at)}
        hops.append({**waits, "all": sum(waits.values())})
    _print(ways, hops)
    return {**ways, "hops_ms": hops}


def _print(ways: dict[str, list[dict[str, float]]], hops: list[dict[str, float]]) -> None:
    columns = ("first_token", "first_audio", "first_frame", "total")
    rows = [(way, *(report.spread([row[column] for row in rows]) for column in columns)) for way, rows in ways.items()]
    report.table(f"A typed turn, seconds, median (least–most) of {len(hops)}", ("", *columns), rows)
    first = {way: median(row["first_frame"] for row in rows) for way, rows in ways.items()}
    print(
        f"  first frame: {first['product'] / first['floor']:.2f}× the floor (wanted ≤ 1.35), "
        f"{first['product'] / first['serial']:.2f}× serial (wanted ≤ 0.15)"
    )
    cost = [[report.spread([row[hop] for row in hops], 1) for hop in hops[0]]]
    report.table("The queue's own cost until the first picture, ms (wanted: all ≤ 60)", list(hops[0]), cost)
