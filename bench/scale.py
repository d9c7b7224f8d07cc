"""How many students how many machines serve (bench/simulation.py says of what)."""

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from statistics import fmean, median
from typing import TYPE_CHECKING, Any

from bench import report
from tutor_site.supervisor import Supervisor, free_port, redis_answers, redis_command, redis_url

if TYPE_CHECKING:  # it wants Django
    from bench.simulation import Result

MACHINES = (1, 2, 4, 8, 16, 32, 64)
PER_MACHINE = (1, 4, 6, 7, 8, 9, 10, 11, 12)
OF_MANY, MANY = (1, 7, 8, 9, 10, 11), 32
"""Of large fleets fewer schools are simulated, and each for a shorter time: there are more turns in a minute."""
MOST_STUDENTS = 500
SEEDS = 5
"""Each school is simulated so often: how many happen to speak at once decides when it is full."""
WARM_SECONDS, SECONDS, LEAST_SECONDS = 60.0, 1200.0, 120.0
STAGES = ("avatar", "tts", "llm")
FLAT = 1.5
"""A machine is full when the p95 of the first picture is so many times that of a student who is alone."""
CARD_USD = 0.79
"""An hour of a 48 GB card with a cloud that lets it: an assumption. A machine has two."""


@contextmanager
def own_redis() -> Iterator[None]:
    """For the product's own scripts, with nobody else's line in it."""
    import django

    with tempfile.TemporaryDirectory(prefix="tutor-bench-") as folder:
        port, password = free_port(), "redis-of-the-bench"
        address = redis_url(port, password)
        os.environ |= {"REDIS_URL": address, "TUTOR_HOME": folder}
        django.setup()
        with Supervisor([redis_command(Path(folder), port=port, password=password)], logs=Path(folder)) as processes:
            processes.wait_ready(lambda: redis_answers(address), timeout=20)
            yield


def run() -> list[dict[str, Any]]:
    with own_redis():
        return _simulated()


def _simulated() -> list[dict[str, Any]]:
    from bench.simulation import School, Service

    service, found = Service(), []
    for machines in MACHINES:
        for each in OF_MANY if machines >= MANY else PER_MACHINE:
            students = machines * each
            if students > MOST_STUDENTS:
                continue
            seconds = max(LEAST_SECONDS, SECONDS / machines)
            courses = [School(machines, students, service, seed=seed + 1) for seed in range(SEEDS)]
            results = [school.run(WARM_SECONDS, seconds) for school in courses]
            found.append(_together(results) | {"per_machine": each, "usd_per_student_hour": 2 * CARD_USD / each})
    _print(found)
    return found


def _together(results: "list[Result]") -> dict[str, Any]:
    waits = [wait for result in results for wait in result.first_frames]
    return {
        "machines": results[0].machines,
        "students": results[0].students,
        "turns": len(waits),
        "turns_per_second": fmean(result.turns_per_second for result in results),
        "p50": median(waits),
        "p95": report.p95(waits),
        "p95_of_each": [report.p95(result.first_frames) for result in results],
        "stalled": sum(result.stalled * result.turns for result in results) / len(waits),
        "unfair": max(result.unfair for result in results),
        "starved": sum(result.starved for result in results),
        "use": {stage: fmean(result.use[stage] for result in results) for stage in STAGES},
    }


def most_students(rows: list[dict[str, Any]], machines: int) -> dict[str, Any]:
    """The fullest school on so many machines whose first pictures come as soon as in an empty one, without a stall."""
    of_these = [row for row in rows if row["machines"] == machines]
    alone = of_these[0]["p95"]
    good = [row for row in of_these if row["p95"] <= FLAT * alone and row["stalled"] <= 0.01 and not row["starved"]]
    return max(good, key=lambda row: int(row["students"]))


def _print(rows: list[dict[str, Any]]) -> None:
    columns = (
        "machines",
        "students",
        "turns/s",
        "p50 s",
        "p95 s",
        "of each course",
        "stalled",
        "unfair",
        "starved",
        "faces",
        "tts",
        "llm",
    )
    lines = [
        (
            str(row["machines"]),
            str(row["students"]),
            f"{row['turns_per_second']:.2f}",
            f"{row['p50']:.2f}",
            f"{row['p95']:.2f}",
            f"{min(row['p95_of_each']):.2f}–{max(row['p95_of_each']):.2f}",
            f"{row['stalled']:.1%}",
            f"{row['unfair']:.2f}×",
            str(row["starved"]),
            *(f"{row['use'][stage]:.0%}" for stage in STAGES),
        )
        for row in rows
    ]
    report.table("Schools on machines of two cards, simulated", columns, lines)
    best = {machines: most_students(rows, machines) for machines in sorted({row["machines"] for row in rows})}
    one = best[1]["turns_per_second"]
    report.table(
        f"How many students they serve (p95 ≤ {FLAT}× that of one alone, ≤ 1 % stalled; wanted: ≥ 0.95 of linear)",
        ("machines", "students", "turns/s", "of linear", "p95 s", "use of the faces' cards", "USD per student-hour"),
        [
            (
                str(machines),
                str(row["students"]),
                f"{row['turns_per_second']:.2f}",
                f"{row['turns_per_second'] / one / row['per_machine'] * best[1]['per_machine'] / machines:.2f}",
                f"{row['p95']:.2f}",
                f"{row['use']['avatar']:.0%}",
                f"{row['usd_per_student_hour']:.2f}",
            )
            for machines, row in best.items()
        ],
    )
