"""The avatar's batcher alone: what it costs by itself, and how it shares a card that is slower than those who ask."""

import threading
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass
from typing import Any

from bench import report
from gpu_tasks.engines.avatar.batcher import Batcher

SESSIONS = (1, 4, 16)
COST_FRAMES = 12_000
LOAD_FRAMES = 1_600
SEGMENTS = (1, 3, 2)
"""That sessions have rendered at once, in turn."""
BATCH_SECONDS, FRAME_SECONDS = 0.004, 0.0005
"""Of the pretended card: some 1,300 frames a second in full batches."""


@dataclass
class Measured:
    sessions: int
    frames_per_second: float
    full: float
    unfair: float
    """The longest wait of a session for equally many frames by the shortest, whatever the number of its segments."""


def _nothing(items: Sequence[int]) -> Sequence[int]:
    return items


def _card(items: Sequence[int]) -> Sequence[int]:
    time.sleep(BATCH_SECONDS + FRAME_SECONDS * len(items))
    return items


def _measured(batcher: Batcher[int, int], sessions: int, frames: int) -> Measured:
    segments = [SEGMENTS[session % len(SEGMENTS)] for session in range(sessions)]
    together = threading.Barrier(sum(segments) + 1)
    began = 0.0

    def segment(session: int) -> float:
        together.wait()
        for _ in batcher.map(range(frames // sessions // segments[session]), session):
            pass
        return time.perf_counter() - began

    with ThreadPoolExecutor(sum(segments)) as threads:
        ends = [[threads.submit(segment, session) for _ in range(number)] for session, number in enumerate(segments)]
        began = time.perf_counter()
        together.wait()
    waits = [max(end.result() for end in each) for each in ends]
    return Measured(sessions, batcher.tally.items / max(waits), batcher.tally.full, max(waits) / min(waits))


def run() -> dict[str, Any]:
    cost = [_measured(Batcher(_nothing), sessions, COST_FRAMES) for sessions in SESSIONS]
    load = [_measured(Batcher(_card), sessions, LOAD_FRAMES) for sessions in SESSIONS]
    report.table(
        "The batcher with a model that costs nothing (wanted: ≥ 2,000 frames/s)",
        ("sessions", "frames/s"),
        [(str(each.sessions), f"{each.frames_per_second:,.0f}") for each in cost],
    )
    report.table(
        "… with a card that is slower than those who ask (wanted: ≥ 90 % full, waits differ ≤ 1.5×)",
        ("sessions", "frames/s", "full", "waits differ"),
        [
            (str(each.sessions), f"{each.frames_per_second:,.0f}", f"{each.full:.0%}", f"{each.unfair:.2f}×")
            for each in load
        ],
    )
    return {"cost": [asdict(each) for each in cost], "load": [asdict(each) for each in load]}
