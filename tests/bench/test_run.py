"""One run of all parts: a part that fails does not keep the others from being measured, and is not forgotten."""

import json
import sys
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from bench import __main__ as bench
from bench import page, parts, plots, report

TURN = {"first_token": 0.1, "first_audio": 0.2, "first_frame": 0.3, "total": 1.0}
MEMORY = {"web": 120.0, "worker-llm": 100.0, "redis": 20.0}
RESULTS: dict[str, Any] = {
    "turns": {
        **{way: [TURN, {**TURN, "first_frame": 0.4}] for way in plots.WAYS},
        "hops_ms": [{"reply": 5.0, "delivery": 2.0, "all": 7.0}, {"reply": 6.0, "delivery": 2.0, "all": 8.0}],
    },
    "engines": [{"stage": "asr", "speed": [4.0, 5.0], "unit": "× real time", "memory": 300_000_000}],
    "web": {"sockets": {"open at once": 1000}, "events": {"late, ms, p95": 1.8}, "media": {"MB/s of files": 421.0}},
    "scale": [
        {"machines": 1, "per_machine": each, "p95": 1.2, "turns_per_second": each / 30, "use": {"avatar": each / 10}}
        for each in (1, 4)
    ],
    "fleet": [{"workers": number, "turns_per_second": 0.4 * number, "p50": 1.5, "p95": 1.8} for number in (1, 2)],
    "growth": {"turns": 800, "memory": [MEMORY, MEMORY]},
}


@pytest.fixture
def results(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    monkeypatch.setattr(report, "RESULTS", tmp_path)
    return tmp_path


@pytest.fixture
def three_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    """The one in the middle fails."""
    monkeypatch.setattr(parts, "ALONE", ["first", "second", "third"])
    for name in parts.ALONE:
        module = ModuleType(f"bench.{name}")
        module.run = (lambda: 1 / 0) if name == "second" else (lambda: {"found": 7})  # type: ignore[attr-defined]
        monkeypatch.setitem(sys.modules, module.__name__, module)


def test_a_part_that_fails_leaves_the_others(results: Path, three_parts: None) -> None:
    file = report.begin()

    parts.measure(parts.ALONE, file)

    found = report.read(file)
    assert (found["first"], found["third"], "second" in found) == ({"found": 7}, {"found": 7}, False)
    assert {part: bool(run["error"]) for part, run in found["runs"].items()} == {
        "first": False,
        "second": True,
        "third": False,
    }
    assert "ZeroDivisionError" in found["runs"]["second"]["error"]
    assert all(len(run[when]) == 3 for run in found["runs"].values() for when in ("load_before", "load_after"))


def test_the_machine_stands_in_the_results(results: Path) -> None:
    machine = report.read(report.begin())["machine"]

    assert machine["cores"] >= 1
    assert machine["memory"] > 0
    assert {"Django", "celery", "redis"} <= {name.partition("[")[0] for name in machine["versions"]}
    assert "commit" in machine


def test_what_brings_its_process_down_is_noted_and_the_exit_status_says_it(
    results: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def measure(group: list[str], file: Path) -> None:
        if group == ["web"]:
            raise MemoryError("killed")
        report.add(file, group[0], RESULTS[group[0]], {"error": None})

    class Here:
        """Instead of a process of its own."""

        def __init__(self, *_: object) -> None:
            pass

        def __enter__(self) -> "Here":
            return self

        def __exit__(self, *_: object) -> None:
            pass

        def submit(self, work: Any, *given: Any) -> "Here":
            work(*given)
            return self

        def result(self) -> None:
            pass

    monkeypatch.setattr(bench, "ProcessPoolExecutor", Here)
    monkeypatch.setattr(bench, "measure", measure)
    monkeypatch.setattr(sys, "argv", ["bench", "web", "fleet"])

    assert bench.main() == 1

    (file,) = results.glob("*.json")
    found = json.loads(file.read_text())
    assert (found["runs"]["web"]["error"], found["fleet"]) == ("MemoryError('killed')", RESULTS["fleet"])
    assert "FAILED: web" in capsys.readouterr().out

    monkeypatch.setattr(sys, "argv", ["bench", "fleet"])
    assert bench.main() == 0


def test_who_names_no_part_gets_all(monkeypatch: pytest.MonkeyPatch, results: Path) -> None:
    def fail(group: list[str], file: Path) -> None:
        for part in group:
            report.add(file, part, None, {"error": "not today"})

    monkeypatch.setattr(bench, "_in_a_process", fail)
    monkeypatch.setattr(sys, "argv", ["bench"])

    assert bench.main() == 1

    (file,) = results.glob("*.json")
    assert [*report.read(file)["runs"]] == [*parts.OF_THE_PRODUCT, *parts.ALONE]


def test_the_page_has_a_picture_of_each_part_that_is_worth_one(results: Path) -> None:
    file = report.begin()
    for part, found in RESULTS.items():
        report.add(file, part, found, {"error": None, "load_before": [1, 1, 1], "load_after": [2, 2, 2], "seconds": 3})
    report.add(file, "load", None, {"error": "it <broke>"})

    text = page.write(file).read_text()

    assert text.count("<svg") == len(plots.DRAWN)
    assert "it &lt;broke&gt;" in text
