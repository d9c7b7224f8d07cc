"""Each engine alone, in a process of its own: how fast it is once it is warm, and what memory it takes. It is given
what the doctor gives it."""

import json
import subprocess
import sys
from typing import Any

import psutil

from bench import report

ROUNDS = 5
STAGES = ("asr", "llm", "tts", "avatar")


def run(_: object = None) -> list[dict[str, Any]]:
    found = []
    for stage in STAGES:
        command = [sys.executable, "-m", "bench.engines", stage]
        answer = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True)
        found.append(json.loads(answer.stdout.splitlines()[-1]))
    for each in found:
        if each["stage"] == "llm":
            each["memory"] = _of_the_embedded_server() or each["memory"]
    columns = ("stage", "engine", "loaded in s", "speed, median (least–most)", "", "memory, MB")
    rows = [
        (
            each["stage"],
            each["engine"],
            f"{each['load_seconds']:.1f}",
            report.spread(each["speed"], 1),
            each["unit"],
            f"{each['memory'] / 1e6:.0f}",
        )
        for each in found
    ]
    report.table(f"Each engine alone, {ROUNDS} times", columns, rows)
    return found


def _of_the_embedded_server() -> int:
    for process in psutil.Process().children(recursive=True):
        if "gpu_tasks.engines.llm.embedded" in process.cmdline():
            resident: int = process.memory_info().rss
            return resident
    return 0


def measured(stage: str) -> dict[str, Any]:
    import django

    django.setup()
    from tutor_site.doctor.stage import ITEMS, examine

    finding = examine(stage)  # type: ignore[arg-type]
    if finding.error:
        raise SystemExit(f"{stage}: {finding.error}")
    again = [ITEMS[stage]() for _ in range(ROUNDS)]  # type: ignore[index]
    return {
        "stage": stage,
        "speed": [each.value for each in again],
        "unit": again[0].unit,
        **finding.model_dump(include={"engine", "load_seconds", "memory"}),
    }


if __name__ == "__main__":
    print(json.dumps(measured(sys.argv[1])), flush=True)
