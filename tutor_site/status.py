"""What `manage.py status` shows."""

import time
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from gpu_tasks import ledger, turn_log, worker
from gpu_tasks.connections import redis_client
from gpu_tasks.devices import GB
from gpu_tasks.events import now_ms
from sessions_app import admission
from sessions_app.queue_gauges import QUEUES

Status = dict[str, Any]


def status() -> Status:
    running: set[bytes] = redis_client().smembers(turn_log.RUNNING)  # type: ignore[assignment]
    return {
        "queues": [_queue(name) for name in QUEUES],
        "workers": list(_workers()),
        "turns": sorted((_turn(turn_id.decode()) for turn_id in running), key=lambda turn: -turn["age_ms"]),
        "waiting": len(admission.waiting()),
    }


def _queue(name: str) -> Status:
    return {
        "queue": name,
        "messages": worker.queued(name),
        "oldest_ms": worker.oldest_ms(name),
        "workers": worker.alive(name),
        "trouble": worker.trouble(name),
    }


def _workers() -> Iterator[Status]:
    queues: dict[tuple[str, str, int], list[str]] = {}
    abouts: dict[tuple[str, str, int], worker.About] = {}
    for name in QUEUES:
        for about in worker.registry(name):
            key = (about.name, about.host, about.pid)
            abouts[key] = about
            queues.setdefault(key, []).append(name)
    for key, about in sorted(abouts.items()):
        now = worker.at_work(about) or worker.Now()
        yield {**about.model_dump(), "queues": queues[key], **now.model_dump()}


def _turn(turn_id: str) -> Status:
    log = turn_log.read(turn_id)
    return {
        "turn": turn_id,
        "age_ms": now_ms() - log[0].at if log else 0,
        "silent_ms": now_ms() - log[-1].at if log else 0,
        "work": [
            {"item": each.entry.item, "since_ms": now_ms() - each.entry.opened_at, "begun": each.begun}
            for each in ledger.open_items(turn_id)
        ],
    }


# As a person reads it


def lines(now: Status) -> Iterator[str]:
    yield time.strftime("%Y-%m-%d %H:%M:%S")
    yield ""
    yield from _table(
        ("queue", "messages", "oldest", "workers", ""),
        ((q["queue"], q["messages"], _seconds(q["oldest_ms"]), q["workers"], _trouble(q)) for q in now["queues"]),
    )
    yield ""
    yield from _table(
        ("worker", "host", "pid", "queues", "at work", "card", "memory"),
        (
            (
                each["name"].partition("@")[0],
                each["host"],
                each["pid"],
                ",".join(each["queues"]),
                f"{len(each['work'])}/{each['concurrency']}",
                ", ".join(name for name, _, _ in each["cards"]) or each["gpu"] or "–",
                ", ".join(f"{used / GB:.1f} of {total / GB:.1f} GB" for _, used, total in each["cards"]),
            )
            for each in now["workers"]
        ),
    )
    yield ""
    yield f"{len(now['turns'])} turns run, {now['waiting']} wait in the line"
    if now["turns"]:
        yield from _table(
            ("turn", "age", "silent", "work"),
            (
                (turn["turn"], _seconds(turn["age_ms"]), _seconds(turn["silent_ms"]), _work(turn["work"]))
                for turn in now["turns"]
            ),
        )


def _trouble(queue: Status) -> str:
    if queue["trouble"]:
        return f"cannot start: {queue['trouble']}"
    return "" if queue["workers"] else "no worker"


def _work(items: Sequence[Status]) -> str:
    ordered = sorted(items, key=lambda each: str(each["item"]))
    return ", ".join(
        f"{each['item']} {_seconds(each['since_ms'])}{'' if each['begun'] else ' queued'}" for each in ordered
    )


def _seconds(ms: int) -> str:
    return f"{ms / 1000:.1f} s"


def _table(head: tuple[str, ...], rows: Iterable[tuple[Any, ...]]) -> Iterator[str]:
    table = [head, *(tuple(str(cell) for cell in row) for row in rows)]
    widths = [max(len(row[column]) for row in table) for column in range(len(head))]
    for row in table:
        yield "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()
