"""Pictures of a run's results; for docs/performance.md: python -m bench.plots bench/results/NAME.json"""

import argparse
import json
from collections.abc import Callable
from pathlib import Path
from statistics import median
from typing import Any

import matplotlib

matplotlib.use("svg")
matplotlib.rcParams.update(
    {"svg.hashsalt": "virtual-tutor", "svg.fonttype": "none", "axes.spines.top": False, "axes.spines.right": False}
)
from matplotlib import pyplot as plt  # noqa: E402  (the backend first)
from matplotlib.figure import Figure  # noqa: E402

IMAGES = Path(__file__).resolve().parent.parent / "docs" / "images"
WAYS = {"typed": "typed turn", "spoken": "spoken turn", "floor": "floor", "pipecat": "pipecat", "serial": "serial"}
SOONEST = 0.1
HOPS_MS = 25
WANTED_OF_WEB = [
    ("sockets, wanted ≥", "sockets", "open at once", 1_000),
    ("MB/s of files, wanted ≥", "media", "MB/s of files", 50),
    ("events late, ms, p95, wanted ≤", "events", "late, ms, p95", 20),
]
STEPS = {"first_token": "first word", "first_audio": "first sound", "first_frame": "first picture"}


def turns(found: dict[str, Any]) -> Figure:
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
    axes.set_xticks([0.1, 0.2, 0.5, 1, 2, 5], minor=False)
    axes.set_xticks([], minor=True)
    axes.set_xlim(right=1.2 * max(turn["first_frame"] for way in ways for turn in found[way]))
    axes.xaxis.set_major_formatter("{x:g}")
    axes.set_xlabel("seconds since the question was sent; medians, and the span of first pictures")
    handles, labels = axes.get_legend_handles_labels()
    known = dict(zip(labels, handles, strict=True))
    axes.legend(list(known.values()), list(known), frameon=False)
    return figure


def hops(found: dict[str, Any]) -> Figure:
    """Of typed turns: each hop, and all together."""
    names = list(found["hops_ms"][0])
    figure, axes = plt.subplots(figsize=(8, 0.8 + 0.4 * len(names)))
    axes.boxplot([[turn[name] for turn in found["hops_ms"]] for name in names], orientation="horizontal", whis=(0, 100))
    axes.set_yticks(range(1, len(names) + 1), names)
    axes.invert_yaxis()
    axes.axvline(HOPS_MS, color="0.7", linestyle=":")
    axes.set_xlabel(f"ms until the first picture; dotted: what is wanted of all (median ≤ {HOPS_MS})")
    return figure


def engines(found: list[dict[str, Any]]) -> Figure:
    figure, (speeds, memory) = plt.subplots(1, 2, figsize=(9, 0.8 + 0.5 * len(found)), sharey=True)
    for row, each in enumerate(found):
        speeds.plot([min(each["speed"]), max(each["speed"])], [row, row], color="0.8", linewidth=6, zorder=1)
        speeds.scatter([median(each["speed"])], [row], color="C0", zorder=2)
        speeds.annotate(f" {median(each['speed']):.1f} {each['unit']}", (max(each["speed"]), row), va="center")
        memory.barh(row, each["memory"] / 1e6, color="C1", height=0.4)
    speeds.set_yticks(range(len(found)), [each["stage"] for each in found])
    speeds.invert_yaxis()
    speeds.set_xscale("log")
    speeds.set_xlim(right=10 * max(max(each["speed"]) for each in found))
    speeds.set_xlabel("speed, median and span")
    memory.set_xlabel("memory, MB")
    return figure


def web(found: dict[str, Any]) -> Figure:
    rows = [(label, found[part][value], wanted) for label, part, value, wanted in WANTED_OF_WEB]
    figure, axes = plt.subplots(figsize=(8, 0.8 + 0.5 * len(rows)))
    for row, (_, value, wanted) in enumerate(rows):
        axes.barh(row, value / wanted, color="C0", height=0.4)
        axes.annotate(f" {value:.4g}", (value / wanted, row), va="center")
    axes.set_yticks(range(len(rows)), [f"{label} {wanted:g}" for label, _, wanted in rows])
    axes.invert_yaxis()
    axes.axvline(1, color="0.7", linestyle=":")
    axes.set_xscale("log")
    axes.set_xlabel("as a multiple of what is wanted (dotted)")
    return figure


def fleet(found: list[dict[str, Any]]) -> Figure:
    figure, (rates, waits) = plt.subplots(1, 2, figsize=(9, 3.4))
    workers, one = [row["workers"] for row in found], found[0]
    ideal = [one["turns_per_second"] * number / one["workers"] for number in workers]
    rates.plot(workers, ideal, color="0.7", linestyle=":", label="linear")
    rates.plot(workers, [row["turns_per_second"] for row in found], marker=".", label="measured")
    rates.set_ylabel("turns a second")
    rates.legend(frameon=False)
    for name in ("p50", "p95"):
        waits.plot(workers, [row[name] for row in found], marker=".", label=name)
    waits.set_ylim(bottom=0)
    waits.set_ylabel("first picture, s")
    waits.legend(frameon=False)
    for axes in (rates, waits):
        axes.set_xlabel("workers that draw, each a process")
    return figure


def growth(found: dict[str, Any]) -> Figure:
    figure, axes = plt.subplots(figsize=(8, 3.4))
    kept = found["memory"]
    at = [found["turns"] * (step + 1) // len(kept) for step in range(len(kept))]
    for name in kept[0]:
        sizes = [each[name] for each in kept if name in each]
        if name != "redis" and len(sizes) == len(kept):  # that one keeps what turns said for an hour
            axes.plot(at, [100 * (size / sizes[0] - 1) for size in sizes], marker=".", label=name)
    axes.axhspan(-5, 5, color="0.93", zorder=0)
    axes.set_xlabel("turns")
    axes.set_ylabel("memory, % more than at first")
    axes.legend(frameon=False, fontsize="small", ncols=2)
    return figure


def scale(found: list[dict[str, Any]]) -> Figure:
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
    return figure


DRAWN: dict[str, tuple[str, Callable[[Any], Figure]]] = {
    "turns": ("turns", turns),
    "hops": ("turns", hops),
    "engines": ("engines", engines),
    "web": ("web", web),
    "scale": ("scale", scale),
    "fleet": ("fleet", fleet),
    "growth": ("growth", growth),
}
"""By name of the picture: of which part, and how."""


def save(results: dict[str, Any], folder: Path) -> dict[str, Path]:
    """Of the parts that there are, and in their order."""
    files = {}
    for name, (part, draw) in DRAWN.items():
        if part in results:
            figure, files[name] = draw(results[part]), folder / f"bench-{name}.svg"
            figure.tight_layout()
            figure.savefig(files[name], metadata={"Date": None})
            plt.close(figure)
    return files


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("results", type=Path, nargs="+", help="later files win")
    found: dict[str, Any] = {}
    for file in parser.parse_args().results:
        found |= json.loads(file.read_text())
    for file in save(found, IMAGES).values():
        print(f"written: {file}")


if __name__ == "__main__":
    main()
