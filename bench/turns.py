"""Time to the first picture: the product, typed and spoken; the same engines called directly, behind pipecat, and one
after the other. Each asks the same questions, taking turns at being the first; of what the language model's server has
read of a question for one, nothing is left for the next."""

import asyncio
import base64
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from datetime import datetime
from statistics import median
from typing import Any

from django.conf import settings

from bench import report
from bench.direct import Direct
from bench.pipecat import pipecat
from bench.product import Heard, Student, hear
from bench.questions import QUESTIONS
from gpu_tasks.engines.llm.base import Message
from gpu_tasks.engines.llm.openai import OpenAIChat
from sessions_app import prompts
from sessions_app.models import Session, Tutor

ROUNDS = 16
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


def _brain(slot: int) -> OpenAIChat:
    """The language model in a slot of the server's that only this way uses."""
    options = settings.STAGES["llm"]["OPTIONS"]
    return OpenAIChat(**{**options, "extra": {**options.get("extra", {}), "id_slot": slot}})


@contextmanager
def _read_ahead(brain: OpenAIChat, prefix: Sequence[Message]) -> Iterator[None]:
    """As a session's prefix is before each turn. Read again at the end, so that nobody finds the question read."""
    brain.read(prefix)
    yield
    brain.read(prefix)


def run(student: Student) -> dict[str, Any]:
    tutor = Tutor.objects.get(name="Ada")
    direct, floors, serials, pipecats = Direct(tutor), _brain(1), _brain(2), _brain(3)
    session = Session.objects.get(id=student.open(tutor.id)["session_id"])
    prefix = prompts.prefix(session, prompts.material_of(session))

    def typed(question: str) -> Times:
        heard = asyncio.run(_product(student, student.open(tutor.id), {"type": "text", "content": question}))
        time.sleep(AFTER_SECONDS)
        waits = {**critical_path(heard), "delivery": delivery_ms(heard)}
        hops.append({**waits, "all": sum(waits.values())})
        return _times(heard)

    def spoken(question: str) -> Times | None:
        recording = base64.b64encode(direct.recording(question)).decode()
        heard = asyncio.run(_product(student, student.open(tutor.id), {"type": "audio", "data": recording}))
        time.sleep(AFTER_SECONDS)
        return _times(heard) if heard.binaries else None

    def floor(question: str) -> Times:
        with _read_ahead(floors, prefix):
            return vars(direct.streaming(floors, [*prefix, prompts.question(question, [])]))

    def serial(question: str) -> Times:
        with _read_ahead(serials, prefix):
            return vars(direct.serial(serials, [*prefix, prompts.question(question, [])]))

    ways: dict[str, Callable[[str], Times]] = {"typed": typed, "floor": floor, "serial": serial}
    hops: list[Times] = []
    with ExitStack() as stack:
        if other := stack.enter_context(pipecat(tutor, slot=3)):

            def behind_pipecat(question: str) -> Times:
                with _read_ahead(pipecats, prefix):
                    return other.turn([*prefix, prompts.question(question, [])])

            ways["pipecat"] = behind_pipecat
        found: dict[str, list[Times]] = {way: [] for way in ("typed", "spoken", *ways)}
        not_understood = []
        for lap in range(-1, ROUNDS):
            turned = lap % len(ways)
            for way in [*ways][turned:] + [*ways][:turned]:
                found[way].append(ways[way](QUESTIONS[lap]))
            question = QUESTIONS[(lap + ROUNDS) % len(QUESTIONS)]
            if times := spoken(question):
                found["spoken"].append(times)
            else:
                not_understood.append(question)
    for rows in (*found.values(), hops):
        del rows[0]  # everybody's first time
    _print(found, hops)
    print(f"  said and not understood: {', '.join(not_understood) or 'none'}")
    return {**found, "not_understood": not_understood, "hops_ms": hops}


def _print(ways: dict[str, list[Times]], hops: list[Times]) -> None:
    rows = [(way, *(report.spread([row[column] for row in rows]) for column in COLUMNS)) for way, rows in ways.items()]
    report.table(f"A turn, seconds since it was sent, median (least–most) of {len(hops)}", ("", *COLUMNS), rows)
    first = {way: [row["first_frame"] for row in rows] for way, rows in ways.items()}
    print(f"  first frame, typed: {median(first['typed']):.2f} s (aimed at ≤ 0.6)")
    for way, wanted in (("floor", "≤ 1.15"), ("serial", "≤ 0.12"), ("pipecat", "< 1")):
        if way not in first:
            print(f"  {way} is not installed here: `make bench` does that")
            continue
        each = [ours / theirs for ours, theirs in zip(first["typed"], first[way], strict=True)]
        ratio = median(first["typed"]) / median(first[way])
        print(f"  {ratio:.2f}× {way} (wanted {wanted}), of the same question {report.spread(each)}×")
    later = median(first["spoken"]) - median(first["typed"])
    print(f"  spoken: {later:.2f} s more than typed (wanted ≤ 0.5)")
    cost = [[report.spread([row[hop] for row in hops], 1) for hop in hops[0]]]
    report.table("The queue's own cost until the first picture, ms (wanted: all ≤ 25)", list(hops[0]), cost)
