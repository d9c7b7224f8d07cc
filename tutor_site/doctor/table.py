"""What the findings look like on a console."""

from collections.abc import Sequence

from gpu_tasks.devices import GB
from tutor_site.doctor.stage import Finding
from tutor_site.doctor.turn import WholeTurn

HEAD = ("worker", "stage", "engine", "runs on", "loaded in", "memory", "GPU memory", "speed", "needed", "")
Row = tuple[str, str, Finding]
"""Worker, stage, what was found."""


def table(rows: Sequence[Row]) -> str:
    lines = [HEAD, *(_cells(row) for row in rows)]
    widths = [max(len(line[column]) for line in lines) for column in range(len(HEAD))]
    text = ["  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip() for line in lines]
    notes = [f"  {worker}: {_note(finding)}" for worker, _, finding in rows]
    return "\n".join([*text, "", *notes])


def _cells(row: Row) -> tuple[str, ...]:
    worker, stage, finding = row
    gpu = f"{finding.gpu_memory / GB:.1f} of {finding.budget / GB:.1f} GB" if finding.gpu_memory else "–"
    load, memory = f"{finding.load_seconds:.1f} s", f"{finding.memory / GB:.1f} GB"
    speed = finding.speed
    if speed is None:
        return (worker, stage, finding.engine, finding.card, "–", memory, gpu, "–", "–", "FAILS")
    verdict = "fits" if finding.is_fit else "TOO SLOW"
    measured, needed = f"{speed.value:.1f} {speed.unit}", f"{speed.needed:.0f} {speed.unit}"
    return (worker, stage, finding.engine, finding.card, load, memory, gpu, measured, needed, verdict)


def _note(finding: Finding) -> str:
    return finding.error or (finding.speed.said if finding.speed else "nothing was measured")


def turn_words(turn: WholeTurn) -> str:
    seconds = ", ".join(f"{name.replace('_', ' ')} {value / 1000:.1f} s" for name, value in turn.timings.items())
    lines = [f"One whole turn: {turn.status}{f' ({turn.error})' if turn.error else ''}; {seconds}"]
    lines += [f"  heard: {turn.heard}", f"  replied: {turn.reply}"]
    if turn.degraded:
        lines.append(f"  missing: {', '.join(turn.degraded)}")
    return "\n".join(lines)
