"""Pictures for docs/performance.md from one file of results: python -m bench.plots bench/results/NAME.json"""

import argparse
import json
from pathlib import Path
from statistics import median
from typing import Any

import matplotlib

matplotlib.use("svg")
matplotlib.rcParams.update(
    {"svg.hashsalt": "virtual-tutor", "svg.fonttype": "none", "axes.spines.top": False, "axes.spines.right": False}
)
from matplotlib import pyplot as plt  # noqa: E402  (the backend first)

IMAGES = Path(__file__).resolve().parent.parent / "docs" / "images"
WAYS = {"typed": "typed turn", "spoken": "spoken turn", "floor": "floor", "pipecat": "pipecat", "serial": "serial"}
SOONEST = 0.1
STEPS = {"first_token": "first word", "first_audio": "first sound", "first_frame": "first picture"}


def turns(found: dict[str, Any]) -> None:
    ways = [way for way in WAYS if way in found]
    figure, axes = plt.subplots(figsize=(8, 0.6 + 0.6 * len(ways)))
    for row, way in enumerate(ways):
        steps = ["first_frame"] if way == "serial" else list(STEPS)
        values = [median(turn[step] for turn in found[way]) for step in steps]
        axes.plot([SOONEST, values[-1]], [row, row], color="0.8", linewidth=6, zorder=1)
        for step, value in zip(steps, values, strict=True):
            axes.scatter([value], [row], color=f"C{list(STEPS).index(step)}", label=STEPS[step], zorder=2)
        firsts = [turn["first_frame"] for turn in found[way]]
        axes.plot([min(firsts), max(firsts)], [row, row], color="C2", linewidth=1, zorder=2)
    axes.set_yticks(range(len(ways)), [WAYS[way] for way in ways])
    axes.invert_yaxis()
    axes.set_xscale("log")
    axes.set_xlim(left=SOONEST)
    axes.xaxis.set_major_formatter("{x:g}")
    axes.set_xlabel("seconds since the question was sent; medians, and the span of first pictures")
    handles, labels = axes.get_legend_handles_labels()
    known = dict(zip(labels, handles, strict=True))
    axes.legend(list(known.values()), list(known), frameon=False)
    _save(figure, "bench-turns.svg")


def scale(found: list[dict[str, Any]]) -> None:
    figure, (waits, rates) = plt.subplots(1, 2, figsize=(9, 3.4))
    for machines in sorted({row["machines"] for row in found}):
        rows = sorted((row for row in found if row["machines"] == machines), key=lambda row: row["per_machine"])
        each = [row["per_machine"] for row in rows]
        use = [100 * row["use"]["avatar"] for row in rows]
        waits.plot(use, [row["p95"] for row in rows], marker=".", label=f"{machines}")
        rates.plot(each, [row["turns_per_second"] / machines for row in rows], marker=".", label=f"{machines}")
    waits.set_yscale("log")
    waits.yaxis.set_major_formatter("{x:g}")
    waits.yaxis.set_minor_formatter("{x:g}")
    waits.set_ylabel("first picture, p95, s")
    rates.set_ylabel("turns a second, of one machine")
    waits.set_xlabel("use of the cards that draw, %")
    rates.set_xlabel("students of each machine")
    rates.legend(title="machines", frameon=False, fontsize="small")
    _save(figure, "bench-scale.svg")


def _save(figure: Any, name: str) -> None:
    figure.tight_layout()
    figure.savefig(IMAGES / name, metadata={"Date": None})
    print(f"written: {IMAGES / name}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("results", type=Path, nargs="+", help="later files win")
    found: dict[str, Any] = {}
    for file in parser.parse_args().results:
        found |= json.loads(file.read_text())
    if "turns" in found:
        turns(found["turns"])
    if "scale" in found:
        scale(found["scale"])


if __name__ == "__main__":
    main()
