"""Time to the first picture: the product, typed and spoken; the same engines called directly, behind pipecat, and one
after the other. Each question is for another of them, in turn."""

import asyncio
import base64
import time
from collections.abc import Iterator
from contextlib import ExitStack
from datetime import datetime
from statistics import median
from typing import Any

from bench import report
from bench.direct import Direct
from bench.pipecat import pipecat
from bench.product import Heard, Student, hear
from bench.questions import QUESTIONS
from sessions_app import prompts
from sessions_app.models import Session, Tutor

ROUNDS = 10
PREFIX_SECONDS = 1.5
AFTER_SECONDS = 3.0
"""After a turn the product reads ahead; the model is not shared with that by those who come next."""
COLUMNS = ("first_token", "first_audio", "first_frame", "total")
Times = dict[str, float]


def critical_path(heard: Heard) -> Times:
    """Where a product turn's time to its first picture went, in ms."""
    stages = heard.done["stages"]
    path = [item for item in ("transcribe", "retrieve", "reply", "speak:0", "animate:0") if item in stages]
    return {item: stages[item]["queued"] for item in path}


def delivery_ms(heard: Heard) -> float:
    """From the writing of an event by a worker to its arrival here, of the fragments."""
    return median(
        heard.asked_at + at * 1000 - datetime.fromisoformat(message["timestamp"]).timestamp() * 1000
        for at, message in heard.messages
        if message["type"] in ("delta", "fragment")
    )


def _questions() -> Iterator[str]:
    yield from QUESTIONS
    for opening in ("Please tell me,", "I wonder,"):
        yield from (f"{opening} {question[0].lower()}{question[1:]}" for question in QUESTIONS)


async def _product(student: Student, opened: dict[str, str], message: dict[str, str]) -> Heard:
    async with student.socket(opened) as socket:
        # A student reads the greeting before he asks: by then the prefix has been read.
        await asyncio.sleep(PREFIX_SECONDS)
        return await hear(socket, message)


def _times(heard: Heard) -> Times:
    return {
        "first_token": heard.first("delta"),
        "first_audio": heard.done["timings"]["first_audio"] / 1000,
        "first_frame": heard.binaries[0],
        "total": heard.first("done"),
    }


def run(student: Student) -> dict[str, Any]:
    tutor = Tutor.objects.get(name="Ada")
    direct, questions = Direct(tutor), _questions()
    ways: dict[str, list[Times]] = {"typed": [], "spoken": [], "floor": [], "pipecat": [], "serial": []}
    hops: list[Times] = []
    with ExitStack() as stack:
        other = stack.enter_context(pipecat(tutor))
        for lap in range(ROUNDS + 1):
            opened = student.open(tutor.id)
            typed = asyncio.run(_product(student, opened, {"type": "text", "content": next(questions)}))
            time.sleep(AFTER_SECONDS)
            recording = base64.b64encode(direct.recording(next(questions))).decode()
            spoken = asyncio.run(_product(student, student.open(tutor.id), {"type": "audio", "data": recording}))
            time.sleep(AFTER_SECONDS)
            session = Session.objects.get(id=opened["session_id"])
            prefix = prompts.prefix(session, prompts.material_of(session))
            asked = [[*prefix, prompts.question(next(questions), [])] for _ in range(3)]
            measured = {
                "typed": _times(typed),
                "spoken": _times(spoken),
                "floor": vars(direct.streaming(asked[0])),
                "pipecat": other.turn(asked[1]) if other else None,
                "serial": vars(direct.serial(asked[2])),
            }
            if lap == 0:
                continue  # everybody's first time
            for way, times in measured.items():
                if times:
                    ways[way].append(times)
            waits = {**critical_path(typed), "delivery": delivery_ms(typed)}
            hops.append({**waits, "all": sum(waits.values())})
    ways = {way: rows for way, rows in ways.items() if rows}
    _print(ways, hops)
    return {**ways, "hops_ms": hops}


def _print(ways: dict[str, list[Times]], hops: list[Times]) -> None:
    rows = [(way, *(report.spread([row[column] for row in rows]) for column in COLUMNS)) for way, rows in ways.items()]
    report.table(f"A turn, seconds since it was sent, median (least–most) of {len(hops)}", ("", *COLUMNS), rows)
    first = {way: median(row["first_frame"] for row in rows) for way, rows in ways.items()}
    typed = first["typed"]
    print(
        f"  first frame, typed: {typed:.2f} s (aimed at ≤ 0.6), {typed / first['floor']:.2f}× the floor (wanted ≤ 1.15)"
    )
    print(f"  {typed / first['serial']:.2f}× serial (wanted ≤ 0.12)")
    if "pipecat" in first:
        print(f"  {typed / first['pipecat']:.2f}× pipecat (wanted < 1)")
    else:
        print("  pipecat is not installed here: `make bench` does that")
    print(f"  spoken: {first['spoken'] - typed:.2f} s more than typed (wanted ≤ 0.5)")
    cost = [[report.spread([row[hop] for row in hops], 1) for hop in hops[0]]]
    report.table("The queue's own cost until the first picture, ms (wanted: all ≤ 25)", list(hops[0]), cost)
